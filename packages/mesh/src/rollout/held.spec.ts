import { expect, test } from 'vitest';
import { describeProgress } from './describe.ts';
import { ana, bo, rolloutOf } from './rollout-of.spec-support.ts';

test('what is paused while it waits for an approval is resumed first', () => {
  const rollout = rolloutOf([{ type: 'approval' }]);
  rollout.applied(1);
  rollout.act('pause', ana, 2);
  expect(rollout.refusal('approve', bo)).toBe('The rollout is paused; resume it first.');
  expect(rollout.refusal('reject', bo)).toBe('The rollout is paused; resume it first.');
  expect(rollout.refusal('pause', bo)).toBe('The rollout is paused already.');
  expect(rollout.act('resume', ana, 3)).toBe('waiting-approval');
  expect(rollout.act('approve', bo, 4)).toBe('running');
});

test('what is paused anywhere else waits for no approval', () => {
  const rollout = rolloutOf([{ type: 'pause', durationMs: 10_000 }]);
  rollout.applied(1);
  rollout.act('pause', ana, 2);
  expect(rollout.refusal('approve', bo)).toBe('No step is waiting for an approval now.');
});

test('who has approved may still reject', () => {
  const rollout = rolloutOf([{ type: 'approval', approvals: 2 }]);
  rollout.applied(1);
  rollout.act('approve', ana, 2);
  expect(rollout.act('reject', ana, 3)).toBe('aborting');
});

test('every consent is kept until there are enough', () => {
  const rollout = rolloutOf([{ type: 'approval', approvals: 3 }]);
  rollout.applied(1);
  rollout.act('approve', ana, 2);
  rollout.act('approve', bo, 3);
  expect(rollout.state().approvals.map(({ name, at }) => [name, at])).toEqual([
    ['ana', 2],
    ['bo', 3],
  ]);
  expect(rollout.last().events[0]?.text).toBe('approved, 2 of 3');
});

test('a weight that is still under way when the rollout is resumed is waited for', () => {
  const rollout = rolloutOf([{ type: 'approval' }]);
  const { effects } = rollout.last();
  rollout.act('pause', ana, 1);
  expect(rollout.act('resume', ana, 2)).toBe('running');
  expect(rollout.last().effects).toEqual(effects);
  expect(rollout.state().stepIndex).toBe(0);
  expect(rollout.applied(3)).toBe('waiting-approval');
});

test('nothing is left to pause once all steps are done', () => {
  const rollout = rolloutOf([{ type: 'approval' }]);
  rollout.applied(1);
  rollout.act('approve', ana, 2);
  expect(rollout.refusal('pause', ana)).toBe('All steps are done; the last weight is being set.');
  expect(rollout.refusal('promote', ana)).toBe('All traffic is already on its way to v3.');
});

test('a pause without a time has no progress to tell', () => {
  const rollout = rolloutOf([{ type: 'pause' }]);
  expect(describeProgress(rollout.spec, rollout.state(), 1)).toBe('');
  rollout.applied(1);
  expect(describeProgress(rollout.spec, rollout.state(), 2)).toBe('');
});
