import { expect, test } from 'vitest';
import { rolloutActions } from './actions.ts';
import { describeProgress, describeStep } from './describe.ts';
import { ana, arm, bo, plain, rolloutOf } from './rollout-of.spec-support.ts';
import { type RolloutActionName, rolloutSpecSchema } from './spec.ts';

test('a weight is asked for with a stable id until it is reported as applied', () => {
  const rollout = rolloutOf([{ type: 'approval' }]);
  expect(rollout.last().events).toMatchObject([{ type: 'started', stepIndex: 0, transition: 1 }]);
  const [effect] = rollout.last().effects;
  expect(effect).toMatchObject({
    id: 'r7/1',
    weights: [
      { version: 'v1', weight: 80 },
      { version: 'v3', weight: 20 },
    ],
  });
  expect(rollout.advance(10)).toBe('running');
  expect(rollout.last()).toMatchObject({ changed: false, effects: [effect] });
  expect(rollout.applied(20)).toBe('waiting-approval');
  expect(rollout.events()).toEqual(['Weight of v3 set to 20 %', 'Approval by 1 person']);
  expect(rollout.state()).toMatchObject({ candidateWeight: 20, stepIndex: 1, transition: 2 });
});

test('two people approve, nobody twice', () => {
  const rollout = rolloutOf([{ type: 'approval', approvals: 2 }]);
  rollout.applied(1);
  expect(rollout.act('approve', ana, 2, 'numbers look fine')).toBe('waiting-approval');
  expect(rollout.last().events[0]).toMatchObject({
    type: 'approved',
    actor: ana,
    text: 'approved, 1 of 2',
    comment: 'numbers look fine',
    stepIndex: 1,
  });
  expect(describeProgress(rollout.spec, rollout.state(), 3)).toBe('1 of 2 approvals');
  expect(rollout.refusal('approve', ana)).toBe('You have approved this step; it needs 1 more person.');
  expect(rollout.act('approve', bo, 4)).toBe('running');
  expect(rollout.state().effect?.weights).toEqual([
    { version: 'v1', weight: 0 },
    { version: 'v3', weight: 100 },
  ]);
  expect(rollout.applied(5)).toBe('completed');
  expect(rollout.state().outcome?.kind).toBe('completed');
});

test('a rejection returns all traffic to stable', () => {
  const rollout = rolloutOf([{ type: 'approval' }]);
  rollout.applied(1);
  expect(rollout.act('reject', bo, 2, 'too slow')).toBe('aborting');
  expect(rollout.last().effects[0]?.weights[0]).toEqual({ version: 'v1', weight: 100 });
  expect(rollout.applied(3)).toBe('aborted');
  expect(rollout.state().outcome).toEqual({ kind: 'rejected', reason: 'too slow', by: bo, at: 2 });
});

test('time spent paused does not count', () => {
  const rollout = rolloutOf([{ type: 'pause', durationMs: 10_000 }]);
  rollout.applied(0);
  expect(rollout.advance(4_000)).toBe('waiting-time');
  rollout.act('pause', ana, 4_000);
  expect(rollout.advance(500_000)).toBe('paused');
  expect(plain(describeProgress(rollout.spec, rollout.state(), 500_000))).toBe('6 s left');
  expect(rollout.act('resume', bo, 500_000)).toBe('waiting-time');
  expect(rollout.advance(505_999)).toBe('waiting-time');
  expect(rollout.advance(506_000)).toBe('running');
});

test('a weight that comes into force while paused does not start the next step', () => {
  const rollout = rolloutOf([{ type: 'setWeight', weight: 50 }]);
  rollout.act('pause', ana, 1);
  expect(rollout.last().effects[0]?.id).toBe('r7/1');
  expect(rollout.applied(2)).toBe('paused');
  expect(rollout.advance(3)).toBe('paused');
  expect(rollout.last().effects).toEqual([]);
  expect(rollout.act('resume', ana, 4)).toBe('running');
  expect(rollout.state().effect?.weights[1]?.weight).toBe(50);
});

test('a pause without a time waits for somebody', () => {
  const rollout = rolloutOf([{ type: 'pause' }]);
  expect(rollout.applied(0)).toBe('waiting-resume');
  expect(rollout.advance(1e12)).toBe('waiting-resume');
  expect(rollout.refusal('pause', ana)).toContain('already waits');
  expect(rollout.act('resume', ana, 5)).toBe('running');
});

test('a failed analysis rolls back with its verdict', () => {
  const rollout = rolloutOf([{ type: 'analysis' }]);
  expect(rollout.applied(0)).toBe('analysing');
  const signals = { analysis: { stable: arm(5_000, 2), candidate: arm(1_000, 300) } };
  expect(rollout.advance(2_000, signals)).toBe('aborting');
  expect(rollout.events()).toEqual(['Analysis failed. Success rate: Below: 70 % against at least 99 %']);
  expect(rollout.state().verdicts).toMatchObject([{ stepIndex: 1, verdict: { state: 'fail' } }]);
  expect(rollout.refusal('abort', ana)).toBe('It is already returning all traffic to v1.');
  expect(rollout.applied(3_000)).toBe('failed');
  expect(rollout.last().effects).toEqual([]);
});

test('an analysis without enough requests gives up after its timeout', () => {
  const rollout = rolloutOf([{ type: 'analysis', durationMs: 10_000, timeoutMs: 60_000 }]);
  rollout.applied(0);
  const signals = { analysis: { stable: arm(500, 0), candidate: arm(41, 0) } };
  expect(rollout.advance(59_999, signals)).toBe('analysing');
  expect(rollout.advance(60_000, signals)).toBe('aborting');
  expect(plain(rollout.state().outcome?.reason)).toBe(
    'No verdict after 1 min. Success rate: Needs 59 more requests',
  );
});

test('promote skips what remains, also while paused', () => {
  const rollout = rolloutOf([{ type: 'approval' }, { type: 'setWeight', weight: 50 }]);
  rollout.applied(1);
  rollout.act('pause', ana, 2);
  expect(rollout.act('promote', bo, 3, 'hot fix')).toBe('running');
  expect(rollout.refusal('promote', bo)).toBe('All traffic is already on its way to v3.');
  expect(rollout.applied(4)).toBe('completed');
  expect(rollout.state().outcome).toMatchObject({ kind: 'promoted', by: bo, reason: 'hot fix' });
});

test('a change of weights says who decided it and what they wrote', () => {
  const steps = [{ type: 'approval' }, { type: 'setWeight', weight: 50 }];
  const whyAfter = (action: RolloutActionName, comment: string) => {
    const rollout = rolloutOf(steps);
    rollout.applied(1);
    rollout.act(action, bo, 2, comment);
    return plain(rollout.state().effect?.why ?? '');
  };
  const of = 'Rollout of payment v3';
  expect(whyAfter('approve', 'looks fine')).toBe(`${of}: step 3, 50 %, approved by bo: looks fine`);
  expect(whyAfter('approve', '')).toBe(`${of}: step 3, 50 %, approved by bo`);
  expect(whyAfter('promote', 'hot fix')).toBe(`${of}, promoted by bo: hot fix`);
  expect(whyAfter('reject', 'too slow')).toBe(`${of}, rejected by bo, back to v1: too slow`);
  expect(whyAfter('abort', '')).toBe(`${of}, aborted by bo, back to v1`);
});

test('promoting while a smaller weight is under way sets everything again', () => {
  const rollout = rolloutOf([
    { type: 'setWeight', weight: 100 },
    { type: 'setWeight', weight: 50 },
  ]);
  rollout.applied(1);
  rollout.applied(2);
  expect(rollout.state()).toMatchObject({ candidateWeight: 100, effect: { id: 'r7/3' } });
  expect(rollout.act('promote', ana, 3)).toBe('running');
  expect(rollout.state().effect?.weights[1]?.weight).toBe(100);
  expect(rollout.advance(4, { effectApplied: 'r7/3' })).toBe('running');
  expect(rollout.applied(5)).toBe('completed');
});

test('a last step of 100 % needs no further weight', () => {
  const rollout = rolloutOf([{ type: 'setWeight', weight: 100 }]);
  rollout.applied(1);
  expect(rollout.applied(2)).toBe('completed');
  expect(rollout.state().visited.map((visit) => visit.endedAt)).toEqual([1, 2]);
});

test('what is not allowed says why', () => {
  const rollout = rolloutOf([{ type: 'setWeight', weight: 100 }]);
  expect(rolloutActions(rollout.state(), rollout.spec)).toEqual({
    approve: { allowed: false, why: 'No step is waiting for an approval now.' },
    reject: { allowed: false, why: 'No step is waiting for an approval now.' },
    pause: { allowed: true },
    resume: { allowed: false, why: 'The rollout is not paused.' },
    promote: { allowed: true },
    goOn: { allowed: false, why: 'No freeze window holds it up now.' },
    abort: { allowed: true },
  });
  rollout.applied(1);
  rollout.applied(2);
  expect(rollout.refusal('abort', ana)).toBe('The rollout is over: completed.');
});

test('steps in words', () => {
  const steps = rolloutSpecSchema.parse({
    service: 'a',
    stable: 'v1',
    candidate: 'v2',
    steps: [
      { type: 'setWeight', weight: 20 },
      { type: 'pause', durationMs: 120_000 },
      { type: 'pause' },
      { type: 'approval' },
      { type: 'approval', approvals: 2 },
      { type: 'analysis' },
    ],
  }).steps;
  expect(steps.map((step) => plain(describeStep(step)))).toEqual([
    '20 %',
    'Pause for 2 min',
    'Pause until somebody resumes',
    'Approval by 1 person',
    'Approval by 2 people',
    'Analysis for 1 min',
  ]);
});
