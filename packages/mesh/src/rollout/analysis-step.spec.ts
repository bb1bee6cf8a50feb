import { expect, test } from 'vitest';
import { Histogram } from '../histogram.ts';
import { describeProgress } from './describe.ts';
import type { ArmCounters } from './judge.ts';
import { ana, arm, plain, rolloutOf } from './rollout-of.spec-support.ts';

const start = 1_000_000;
const fast = new Histogram();
for (let request = 0; request < 500; request++) fast.record(10);
const goodArm: ArmCounters = { requests: 500, errors: 0, latency: fast.counts() };
const good = { analysis: { stable: goodArm, candidate: goodArm } };
const few = { analysis: { stable: goodArm, candidate: arm(3, 0) } };
const analysis = { type: 'analysis', durationMs: 10_000, timeoutMs: 60_000 };

test('a candidate that is good at once is watched for the whole duration all the same', () => {
  const rollout = rolloutOf([analysis], start);
  rollout.applied(start);
  expect(rollout.advance(start + 9_999, good)).toBe('analysing');
  expect(rollout.advance(start + 10_000, good)).toBe('running');
  expect(rollout.events()[0]).toBe('Analysis passed. Good on 500 requests');
});

test('a duration that has passed is no verdict', () => {
  const rollout = rolloutOf([analysis], start);
  rollout.applied(start);
  expect(rollout.advance(start + 10_000, few)).toBe('analysing');
  expect(rollout.advance(start + 10_001, good)).toBe('running');
});

test('the verdict of each analysis is kept', () => {
  const rollout = rolloutOf([analysis, analysis], start);
  rollout.applied(start);
  rollout.advance(start + 10_000, good);
  rollout.advance(start + 20_000, good);
  expect(rollout.state().verdicts).toMatchObject([
    { stepIndex: 1, at: start + 10_000, verdict: { state: 'pass' } },
    { stepIndex: 2, at: start + 20_000, verdict: { state: 'pass' } },
  ]);
});

test('time spent paused does not count towards an analysis', () => {
  const rollout = rolloutOf([analysis], start);
  rollout.applied(start);
  rollout.act('pause', ana, start + 4_000);
  rollout.act('resume', ana, start + 100_000);
  expect(rollout.advance(start + 105_999, good)).toBe('analysing');
  expect(rollout.advance(start + 106_000, good)).toBe('running');
});

test('the progress of an analysis is the time left, and then what it may still wait for requests', () => {
  const rollout = rolloutOf([analysis], start);
  rollout.applied(start);
  const progress = (now: number) => plain(describeProgress(rollout.spec, rollout.state(), now));
  expect(progress(start + 4_000)).toBe('6 s left');
  expect(progress(start + 10_000)).toBe('waits for enough requests, up to 50 s more');
  expect(progress(start + 70_000)).toBe('waits for enough requests, up to 0 s more');
});
