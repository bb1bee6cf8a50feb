import { describe, expect, it } from 'vitest';
import { actionWords, mainAction, type Rollout } from './action-words.ts';

const traffic = { requests: 100, rate: 30, errorRate: 0, successRate: 100, p50: 1, p95: 2, p99: 3 };
const able = { allowed: true } as const;
const approval = { type: 'approval', approvals: 2 } as const;

const rollout: Rollout = {
  row: {
    id: '1',
    service: 'payment',
    stable: 'v1',
    candidate: 'v3',
    phase: 'waiting-approval',
    stepIndex: 1,
    steps: 3,
    stepText: 'Approval by 2 people',
    setWeight: 20,
    observed: 20.3,
    startedBy: 'ana',
    startedAt: 0,
    finishedAt: null,
    needsPerson: true,
    frozen: '',
  },
  spec: {
    service: 'payment',
    stable: 'v1',
    candidate: 'v3',
    steps: [{ type: 'setWeight', weight: 20 }, approval, { type: 'setWeight', weight: 50 }],
    reason: '',
    freezeWindows: [],
  },
  steps: [
    {
      step: { type: 'setWeight', weight: 20 },
      text: '20 %',
      state: 'done',
      startedAt: 0,
      finishedAt: 1,
      note: '',
    },
    { step: approval, text: '', state: 'now', startedAt: 1, finishedAt: null, note: '1 of 2' },
    {
      step: { type: 'setWeight', weight: 50 },
      text: '50 %',
      state: 'next',
      startedAt: null,
      finishedAt: null,
      note: '',
    },
  ],
  actions: { approve: able, reject: able, pause: able, resume: able, promote: able, goOn: able, abort: able },
  approvedBy: ['bo'],
  verdict: null,
  outcome: null,
  stable: traffic,
  candidate: { ...traffic, rate: 10 },
  timeline: [],
  stepEndsAt: null,
  freeze: null,
};

const said = (action: Parameters<typeof actionWords>[0], of: Rollout = rollout) =>
  actionWords(action, of).consequences.join(' ').replaceAll('\u2009', ' ');

describe('what an action will do', () => {
  it('says what follows an approval, in requests', () => {
    expect(said('approve')).toBe(
      'bo has approved already. With yours, v3 goes from 20 % to 50 %, about 20 /s.',
    );
    expect(said('approve', { ...rollout, approvedBy: [] })).toBe(
      'After yours it needs 1 more person; then v3 goes from 20 % to 50 %, about 20 /s.',
    );
  });

  it('does not count when one approval is enough', () => {
    const one = { type: 'approval', approvals: 1 } as const;
    const steps = rollout.steps.map((step) =>
      step.step.type === 'approval' ? { ...step, step: one } : step,
    );
    expect(said('approve', { ...rollout, steps, approvedBy: [] })).toBe(
      'With yours, v3 goes from 20 % to 50 %, about 20 /s.',
    );
  });

  it('says where traffic goes when it is rejected or aborted', () => {
    expect(said('reject')).toContain('All traffic returns to v1 at once: v3 goes from 20 % to 0 %.');
    const untouched = { ...rollout, row: { ...rollout.row, setWeight: 0 } };
    expect(said('abort', untouched)).toContain('All traffic stays on v1.');
  });

  it('says what a promotion skips', () => {
    expect(said('promote')).toBe('v3 goes from 20 % to 100 %, about 40 /s. Skips Approval by 2 people.');
  });

  it('goes on where it was paused', () => {
    const paused = { ...rollout, row: { ...rollout.row, phase: 'paused' as const } };
    expect(said('resume', paused)).toBe('Continues where it was paused, at step 2: Approval by 2 people.');
    expect(mainAction(paused)).toBe('resume');
    expect(mainAction(rollout)).toBe('approve');
  });

  it('says of what gives more traffic during a freeze that it waits', () => {
    const freeze = { until: 1, end: 'Mon 08:00 Europe/Berlin', reason: 'weekend' };
    const waits = 'Frozen until Mon 08:00 Europe/Berlin (weekend): this takes effect afterwards.';
    const during = { ...rollout, freeze };
    for (const action of ['approve', 'promote'] as const) expect(said(action, during)).toContain(waits);
    for (const action of ['reject', 'pause', 'abort'] as const)
      expect(said(action, during)).not.toContain(waits);
    const less = { ...during, row: { ...rollout.row, setWeight: 60 } };
    expect(said('approve', less)).not.toContain(waits);
  });

  it('says what goes on through a freeze, and asks why', () => {
    const row = { ...rollout.row, phase: 'frozen' as const, stepIndex: 2, steps: 4 };
    expect(said('goOn', { ...rollout, row })).toBe(
      'v3 goes from 20 % to 50 %, about 20 /s. It goes through the freeze, and the timeline says who let it and why. Only this step: a later one that gives more traffic waits again.',
    );
    expect(actionWords('goOn', { ...rollout, row }).commentRequired).toBe(true);
    expect(mainAction({ ...rollout, row })).toBeNull();
  });
});
