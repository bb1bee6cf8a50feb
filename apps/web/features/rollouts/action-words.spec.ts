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
  },
  spec: {
    service: 'payment',
    stable: 'v1',
    candidate: 'v3',
    steps: [{ type: 'setWeight', weight: 20 }, approval, { type: 'setWeight', weight: 50 }],
    reason: '',
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
  actions: { approve: able, reject: able, pause: able, resume: able, promote: able, abort: able },
  verdict: null,
  outcome: null,
  stable: traffic,
  candidate: { ...traffic, rate: 10 },
  timeline: [],
  stepEndsAt: null,
};

const said = (action: Parameters<typeof actionWords>[0], of: Rollout = rollout) =>
  actionWords(action, of).consequences.join(' ').replaceAll('\u2009', ' ');

describe('what an action will do', () => {
  it('says what follows an approval, in requests', () => {
    expect(said('approve')).toBe(
      'So far: 1 of 2. Once enough people have approved, v3 goes from 20 % to 50 %, about 20 /s.',
    );
  });

  it('does not count when one approval is enough', () => {
    const one = { type: 'approval', approvals: 1 } as const;
    const steps = rollout.steps.map((step) =>
      step.step.type === 'approval' ? { ...step, step: one } : step,
    );
    expect(said('approve', { ...rollout, steps })).toBe('With it, v3 goes from 20 % to 50 %, about 20 /s.');
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
});
