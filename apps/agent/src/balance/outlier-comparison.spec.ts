import { expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import { ejected, fail, fleetOf, off, succeed } from './outlier.spec-support.ts';
import { applyTo, endpointOf } from './spec-fleet.spec-support.ts';

it('the worst success rate of an interval is ejected when it is too far below the others', () => {
  const { registry, backends } = fleetOf(3, { ...off, successRateBelowPercent: 30 });
  const [bad, worse, good] = backends as [Backend, Backend, Backend];
  const answer = (badFailures: number, worseFailures: number, now: number) => {
    fail(bad, badFailures, now);
    succeed(bad, 100 - badFailures, now);
    fail(worse, worseFailures, now);
    succeed(worse, 100 - worseFailures, now);
    succeed(good, 100, now);
  };
  answer(20, 25, 1);
  registry.sweep(10_000);
  expect(ejected(backends, 10_000)).toBe(0);
  answer(60, 80, 10_001);
  registry.sweep(20_000);
  expect(worse.state(20_000)).toMatchObject({
    why: 'ejected',
    reason: 'success 20.0 %, of the others 70.0 %',
  });
  // Half of three is one.
  expect(ejected(backends, 20_000)).toBe(1);
});

it('an interval with few requests says nothing', () => {
  const { registry, backends } = fleetOf(2, { ...off, successRateBelowPercent: 30 });
  fail(backends[0], 49, 1);
  succeed(backends[1], 100, 1);
  registry.sweep(10_000);
  expect(ejected(backends, 10_000)).toBe(0);
});

it('a median latency above the multiple of the others ejects, and the next ejection is short again after a while', () => {
  const { registry, backends } = fleetOf(3, { ...off, latencyAbovePercent: 300 });
  const [slow, ...others] = backends;
  const answer = (latencyMs: number, now: number) => {
    succeed(slow, 50, now, latencyMs);
    for (const other of others) succeed(other, 50, now, 10);
  };
  answer(25, 100);
  registry.sweep(10_000);
  expect(ejected(backends, 10_000)).toBe(0);
  answer(50, 10_100);
  registry.sweep(20_000);
  expect(slow.state(20_000)).toMatchObject({ why: 'ejected', until: 25_000 });
  expect(slow.state(20_000).reason).toMatch(/^median of \d+\.\d ms, of the others \d+\.\d ms$/);
  answer(10, 26_000);
  for (let at = 30_000; at <= 50_000; at += 10_000) registry.sweep(at);
  answer(50, 50_100);
  registry.sweep(60_000);
  expect(slow.state(60_000)).toMatchObject({ why: 'ejected', until: 65_000 });
});

it('backends are compared when an interval has ended, and not before', () => {
  const { registry, backends } = fleetOf(2, { ...off, successRateBelowPercent: 30 });
  fail(backends[0], 50, 1);
  succeed(backends[1], 50, 1);
  registry.sweep(9_999);
  expect(ejected(backends, 9_999)).toBe(0);
  registry.sweep(10_000);
  expect(ejected(backends, 10_000)).toBe(1);
});

it('an interval goes on under a new configuration, unless its length has changed', () => {
  const settings = { ...off, successRateBelowPercent: 30 };
  const { registry, backends, apply } = fleetOf(2, settings);
  fail(backends[0], 50, 1);
  succeed(backends[1], 50, 1);
  apply();
  registry.sweep(10_000);
  expect(ejected(backends, 10_000)).toBe(1);
  const endpoints = [endpointOf(0), endpointOf(1)];
  applyTo(registry, endpoints, { outlierDetection: { ...settings, intervalMs: 1_000 } });
  registry.sweep(16_000);
  succeed(backends[0], 50, 16_100);
  fail(backends[1], 50, 16_100);
  registry.sweep(17_000);
  expect(backends[1].state(17_000).why).toBe('ejected');
});

it('one that was ejected within an interval is not ejected again for it at the end', () => {
  const { registry, backends } = fleetOf(2, { successRateBelowPercent: 30, minRequests: 5 });
  fail(backends[0], 5, 1);
  succeed(backends[1], 50, 1);
  registry.sweep(10_000);
  expect(backends[0].ejection.count).toBe(1);
});

it('one that fails and is slow is ejected once', () => {
  const { registry, backends } = fleetOf(4, {
    ...off,
    successRateBelowPercent: 30,
    latencyAbovePercent: 300,
  });
  fail(backends[0], 40, 1);
  succeed(backends[0], 40, 1_000, 900);
  for (const other of backends.slice(1)) succeed(other, 50, 1_000, 10);
  registry.sweep(10_000);
  expect(backends[0].ejection).toMatchObject({ count: 1, reason: 'success 50.0 %, of the others 100.0 %' });
});

it('a criterion of 0 is off', () => {
  const { registry, backends } = fleetOf(2, off);
  fail(backends[0], 50, 1);
  succeed(backends[1], 50, 1);
  registry.sweep(10_000);
  expect(ejected(backends, 10_000)).toBe(0);
});

it('where only one may be ejected it is the worst, wherever it stands', () => {
  const { registry, backends } = fleetOf(5, {
    ...off,
    successRateBelowPercent: 30,
    latencyAbovePercent: 300,
    maxEjectedPercent: 20,
  });
  for (const [index, failures] of [0, 60, 80, 0, 0].entries()) {
    fail(backends[index] as Backend, failures, 1);
    succeed(backends[index] as Backend, 100 - failures, 1);
  }
  registry.sweep(10_000);
  expect(backends.map(({ ejection }) => ejection.count)).toEqual([0, 0, 1, 0, 0]);
  for (const [index, latencyMs] of [10, 100, 10, 10, 200].entries()) {
    succeed(backends[index] as Backend, 50, 16_000, latencyMs);
  }
  registry.sweep(20_000);
  expect(backends.map(({ ejection }) => ejection.count)).toEqual([0, 0, 1, 0, 1]);
});

it.each([
  { latenciesMs: [10, 70, 40, 20], others: 20 },
  { latenciesMs: [10, 20, 200, 40, 80], others: 30 },
])('a median is held against that of the others, of $latenciesMs against $others', (example) => {
  const { latenciesMs, others } = example;
  const { registry, backends } = fleetOf(latenciesMs.length, { ...off, latencyAbovePercent: 300 });
  for (const [index, latencyMs] of latenciesMs.entries()) {
    succeed(backends[index] as Backend, 50, 1_000, latencyMs);
  }
  registry.sweep(10_000);
  const [slow, ...more] = backends.filter(({ ejection }) => ejection.onProbation);
  expect(more).toEqual([]);
  expect(slow).toBe(backends[latenciesMs.indexOf(Math.max(...latenciesMs))]);
  const told = /of the others ([\d.]+) ms$/.exec(slow?.ejection.reason ?? '')?.[1];
  expect(Math.abs(Number(told) - others)).toBeLessThan(others * 0.1);
});

it('one without a success has no median, and hides no other', () => {
  const { registry, backends } = fleetOf(4, { ...off, latencyAbovePercent: 300 });
  fail(backends[0], 50, 1_000);
  for (const [index, latencyMs] of [900, 10, 10].entries()) {
    succeed(backends[index + 1] as Backend, 50, 1_000, latencyMs);
  }
  registry.sweep(10_000);
  expect(backends.map(({ ejection }) => ejection.count)).toEqual([0, 1, 0, 0]);
});

it('an interval in which it was ejected shortens no later ejection', () => {
  const { registry, backends } = fleetOf(2, { minRequests: 1_000 });
  const [failing] = backends;
  fail(failing, 5, 0);
  succeed(failing, 5, 5_100);
  registry.sweep(10_000);
  fail(failing, 5, 10_001);
  expect(failing.state(10_001)).toMatchObject({ why: 'ejected', until: 20_001 });
});
