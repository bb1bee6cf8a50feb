import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HistogramCounts } from '../agent-protocol.ts';
import { emptyCounts, Histogram } from '../histogram.ts';
import { type ArmCounters, judge, verdictSchema } from './judge.ts';
import { analysisRuleSchema } from './spec.ts';

const rule = analysisRuleSchema.parse({});
const plain = (text: string | undefined) => text?.replaceAll('\u2009', ' ');

function latencies(count: number, ms: (index: number) => number): HistogramCounts {
  const histogram = new Histogram();
  for (let index = 0; index < count; index++) histogram.record(ms(index));
  return histogram.counts();
}
const arm = (requests: number, errors: number, ms = 20): ArmCounters => ({
  requests,
  errors,
  latency: latencies(requests, () => ms),
});
const check = (verdict: ReturnType<typeof judge>, metric: string) => {
  const found = verdict.checks.find((entry) => entry.metric === metric);
  return found && { state: found.state, sentence: plain(found.sentence) };
};

/** A small seeded generator (mulberry32), so that the simulations below always give the same figures. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
function errorsAmong(requests: number, share: number, random: () => number): number {
  let errors = 0;
  for (let index = 0; index < requests; index++) if (random() < share) errors++;
  return errors;
}

test('verdicts are sentences with numbers', () => {
  const bad = judge(arm(20_000, 16), arm(2_318, 716), rule);
  expect(bad.state).toBe('fail');
  expect(check(bad, 'Success rate')?.sentence).toBe('Below: 69.1 % against at least 99 %');
  expect(check(bad, 'Success rate against stable')?.sentence).toBe('Worse, by 30.8 ± 2.5 points');
  expect(plain(bad.checks[1]?.rule)).toBe('not below stable by 1 point, 99 % sure');

  const good = judge(arm(10_000, 10), arm(1_000, 1), rule);
  expect(good.state).toBe('pass');
  expect(good.sentence).toBe('Good on 1,000 requests');
  expect(check(good, 'Success rate against stable')?.sentence).toBe(
    'As good as stable: 99.9 % against 99.9 %',
  );
  expect(check(good, 'p95 latency against stable')?.state).toBe('pass');

  const early = judge(arm(500, 0), arm(41, 0), { ...rule, minRequests: 300 });
  expect(early.state).toBe('more-data');
  expect(check(early, 'Success rate')?.sentence).toBe('Needs 259 more requests');
  expect(verdictSchema.parse(bad)).toEqual(bad);
});

test('latency is held against the limit and against stable', () => {
  const slow = judge(arm(5_000, 0, 31), arm(2_000, 0, 400), { ...rule, maxP95Ms: 250 });
  expect(check(slow, 'p95 latency')).toEqual({
    state: 'fail',
    sentence: 'Above: 429 ms against at most 250 ms',
  });
  expect(check(slow, 'p95 latency against stable')?.state).toBe('fail');

  const noise = judge(arm(5_000, 0, 1), arm(2_000, 0, 4), rule);
  expect(noise.state).toBe('pass');
});

test('a few slow answers are no proof yet', () => {
  const stable = arm(5_000, 0, 20);
  const candidate = { requests: 100, errors: 0, latency: latencies(100, (index) => (index < 8 ? 300 : 20)) };
  const verdict = judge(stable, candidate, rule);
  expect(check(verdict, 'p95 latency against stable')?.state).toBe('more-data');
});

test('without requests of stable only the absolute rules count', () => {
  const idle: ArmCounters = { requests: 0, errors: 0, latency: emptyCounts };
  expect(judge(idle, arm(200, 0), rule).state).toBe('pass');
  expect(judge(idle, arm(200, 60), rule).state).toBe('fail');
  expect(judge(idle, idle, rule)).toMatchObject({ state: 'more-data' });
  expect(check(judge(idle, arm(200, 0), rule), 'Success rate against stable')?.sentence).toBe(
    'Not compared: stable had no requests',
  );
  expect(check(judge(arm(3, 0), arm(200, 1), rule), 'Success rate against stable')?.sentence).toBe(
    'Not compared: stable had only 3 requests',
  );
});

test('clearly bad fails before there are enough requests', () => {
  expect(judge(arm(1_000, 0), arm(20, 20), { ...rule, minRequests: 1_000 }).state).toBe('fail');
  expect(judge(arm(1_000, 0), arm(20, 1), { ...rule, minRequests: 1_000 }).state).toBe('more-data');
});

test('identical arms never fail', () => {
  const arms = fc
    .record({
      requests: fc.integer({ min: 0, max: 5_000 }),
      share: fc.double({ min: 0, max: 0.01, noNaN: true }),
      ms: fc.integer({ min: 1, max: 5_000 }),
    })
    .map(({ requests, share, ms }) => arm(requests, Math.floor(requests * share), ms));
  fc.assert(
    fc.property(arms, (same) => {
      const verdict = judge(same, same, { ...rule, maxP95Ratio: 1 });
      expect(verdict.state).toBe(same.requests >= rule.minRequests ? 'pass' : 'more-data');
    }),
    { numRuns: 60 },
  );
});

test('an equally good candidate that is looked at every 20 requests is rejected in less than 1 of 100 rollouts', () => {
  const random = seeded(7);
  const exponential = () => -Math.log(1 - random()) * 20;
  let rejected = 0;
  const runs = 300;
  for (let run = 0; run < runs; run++) {
    const stable = {
      requests: 2_000,
      errors: errorsAmong(2_000, 0.005, random),
      latency: latencies(2_000, exponential),
    };
    const latency = new Histogram();
    let errors = 0;
    for (let requests = 20; requests <= 1_000; requests += 20) {
      errors += errorsAmong(20, 0.005, random);
      for (let index = 0; index < 20; index++) latency.record(exponential());
      if (judge(stable, { requests, errors, latency: latency.counts() }, rule).state === 'fail') {
        rejected++;
        break;
      }
    }
  }
  expect(rejected / runs).toBeLessThan(0.01);
});

test('a candidate with 30 % errors always fails within 200 requests', () => {
  const random = seeded(11);
  for (let run = 0; run < 500; run++) {
    const candidate = { ...arm(0, 0), requests: 200, errors: errorsAmong(200, 0.3, random) };
    expect(judge({ ...arm(0, 0), requests: 1_000, errors: 1 }, candidate, rule).state).toBe('fail');
  }
});

test('a single error among the first requests is no proof', () => {
  for (let requests = 1; requests <= 30; requests++) {
    expect(judge(arm(1_000, 0), arm(requests, 1), rule).state).toBe('more-data');
  }
});

test('among its first requests a candidate has to be surely worse, since it is looked at many times', () => {
  const [stable, candidate] = [arm(1_000, 0), arm(50, 4)];
  const state = (minRequests: number) =>
    check(judge(stable, candidate, { ...rule, minRequests }), 'Success rate')?.state;
  expect(state(50)).toBe('fail');
  expect(state(51)).toBe('more-data');
});

test('what is below its limit and no accident yet waits', () => {
  const verdict = judge(arm(1_000, 0), arm(100, 2), rule);
  expect(check(verdict, 'Success rate')).toEqual({
    state: 'more-data',
    sentence: 'Below so far: 98 % against at least 99 %, not certain yet',
  });
  expect(check(verdict, 'Success rate against stable')?.sentence).toMatch(
    /^Worse so far, by 2\.0 ± \d\.\d points, not certain yet$/,
  );
  expect(check(judge(arm(1_000, 0), arm(100, 1), rule), 'Success rate')?.state).toBe('pass');
});

test('a difference of success is told in points, whichever way it goes', () => {
  const against = (stable: number, candidate: number) =>
    check(judge(arm(10_000, stable), arm(10_000, candidate), rule), 'Success rate against stable');
  expect(against(500, 10)).toMatchObject({ state: 'pass', sentence: 'Better, by 4.9 ± 0.6 points' });
  expect(against(0, 50)).toMatchObject({
    state: 'pass',
    sentence: 'Slightly worse, by 0.5 ± 0.2 points, which is allowed',
  });
  const words = (maxSuccessDrop: number) =>
    plain(judge(arm(100, 0), arm(100, 0), { ...rule, maxSuccessDrop }).checks[1]?.rule);
  expect(words(0)).toBe('not below stable, 99 % sure');
  expect(words(0.5)).toBe('not below stable by 0.5 points, 99 % sure');
});

test('a stable version with few requests is no measure of errors, nor of latency', () => {
  const verdict = judge(arm(19, 0, 10), arm(1_000, 300, 900), { ...rule, minSuccessRate: 0 });
  const sentence = 'Not compared: stable had only 19 requests';
  expect(check(verdict, 'Success rate against stable')).toEqual({ state: 'pass', sentence });
  expect(check(verdict, 'p95 latency against stable')).toEqual({ state: 'pass', sentence });
  expect(judge(arm(20, 0, 10), arm(1_000, 300, 900), { ...rule, minSuccessRate: 0 }).state).toBe('fail');
});

test('a p95 of stable that few values make is no certain measure', () => {
  const slowAmong = (count: number, slow: number, ms: number) => ({
    ...arm(count, 0),
    latency: latencies(count, (index) => (index < slow ? ms : 10)),
  });
  const candidate = slowAmong(200, 20, 60);
  const against = (stable: ArmCounters) =>
    check(judge(stable, candidate, rule), 'p95 latency against stable')?.state;
  expect(against(slowAmong(40, 2, 100))).toBe('more-data');
  expect(against(slowAmong(4_000, 40, 100))).toBe('fail');
});

test('a p95 passes below its limit, and waits where too few values say that it is above', () => {
  const limited = { ...rule, maxP95Ms: 250 };
  const fast = judge(arm(1_000, 0, 40), arm(1_000, 0, 20), limited);
  expect(check(fast, 'p95 latency')).toEqual({
    state: 'pass',
    sentence: 'As asked: 20.7 ms against at most 250 ms',
  });
  const entry = fast.checks.find(({ metric }) => metric === 'p95 latency');
  expect(entry?.stable).toBeCloseTo(41.3, 0);
  expect(entry?.candidate).toBeCloseTo(20.7, 0);

  const doubtful = { requests: 100, errors: 0, latency: latencies(100, (index) => (index < 8 ? 300 : 20)) };
  expect(check(judge(arm(1_000, 0, 300), doubtful, limited), 'p95 latency')).toMatchObject({
    state: 'more-data',
    sentence: expect.stringMatching(/^Above so far: 2[89]\d ms against at most 250 ms, not certain yet$/),
  });
});

test('a p95 of fewer than twenty values is none, however few requests the rule asks for', () => {
  const verdict = judge(arm(1_000, 0), arm(15, 0), { ...rule, minRequests: 10, maxP95Ms: 250 });
  expect(check(verdict, 'Success rate')?.state).toBe('pass');
  const waits = { state: 'more-data', sentence: 'Needs 5 more requests' };
  expect(check(verdict, 'p95 latency')).toEqual(waits);
  expect(check(verdict, 'p95 latency against stable')).toEqual(waits);
});

test('a difference of latency is told by both values', () => {
  const against = (stableMs: number, candidateMs: number) =>
    check(judge(arm(1_000, 0, stableMs), arm(1_000, 0, candidateMs), rule), 'p95 latency against stable')
      ?.sentence;
  expect(against(100, 150)).toMatch(/^Slower, which is allowed: 15\d ms against \d+ ms$/);
  expect(against(150, 100)).toMatch(/^Faster: \d+ ms against 15\d ms$/);
  expect(against(100, 101)).toMatch(/^As fast as stable: /);
});
