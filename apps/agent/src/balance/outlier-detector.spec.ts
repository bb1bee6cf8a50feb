import type { OutlierDetection } from '@tulle/mesh/outlier-detection';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import { applyTo, asked, endpointOf, registryOf } from './spec-fleet.spec-support.ts';

const off = { consecutiveFailures: 0, successRateBelowPercent: 0, latencyAbovePercent: 0 };

function fleetOf(count: number, outlierDetection: Partial<OutlierDetection> = {}) {
  const { registry, clock } = registryOf();
  const endpoints = Array.from({ length: count }, (_, index) => endpointOf(index));
  const apply = () => applyTo(registry, endpoints, { outlierDetection });
  const backends = apply().backends as [Backend, Backend, ...Backend[]];
  registry.sweep(0);
  return { registry, clock, backends, apply };
}

function fail(backend: Backend, times: number, now: number): void {
  for (let time = 0; time < times; time++) backend.observe(1, true, now);
}

function succeed(backend: Backend, times: number, now: number, latencyMs = 1): void {
  for (let time = 0; time < times; time++) backend.observe(latencyMs, false, now);
}

const ejected = (backends: readonly Backend[], now: number) =>
  backends.filter((backend) => backend.state(now).why === 'ejected').length;

it('failures in a row eject at once, for twice as long each time; a success in between begins anew', () => {
  const { backends } = fleetOf(2);
  const [failing] = backends;
  fail(failing, 4, 0);
  succeed(failing, 1, 0);
  fail(failing, 4, 0);
  expect(failing.state(0).why).toBe('available');
  fail(failing, 1, 10);
  expect(failing.state(10)).toEqual({ why: 'ejected', reason: '5 failures in a row', until: 5_010 });
  expect(failing.isAvailable(5_009)).toBe(false);
  expect(failing.isAvailable(5_010)).toBe(true);
  fail(failing, 1, 6_000);
  expect(failing.state(6_000)).toMatchObject({ why: 'ejected', until: 16_000 });
  fail(failing, 1, 20_000);
  expect(failing.state(20_000)).toMatchObject({ why: 'ejected', until: 40_000 });
  expect(failing.ejection.count).toBe(3);
});

it('on probation it has one request at a time, until as many succeed as failures eject', () => {
  const { backends } = fleetOf(2);
  const [failing] = backends;
  fail(failing, 5, 0);
  failing.active++;
  expect(failing.isAvailable(5_100)).toBe(false);
  failing.active--;
  expect(failing.isAvailable(5_100)).toBe(true);
  succeed(failing, 4, 5_100);
  expect(failing.state(5_100).reason).toBe('on probation: 5 failures in a row');
  succeed(failing, 1, 5_100);
  failing.active++;
  expect(failing.isAvailable(5_100)).toBe(true);
  expect(failing.state(5_100)).toEqual({ why: 'available', reason: '', until: undefined });
});

it('what began before the ejection ended says nothing about what came since', () => {
  const { backends } = fleetOf(2);
  const [failing] = backends;
  fail(failing, 5, 0);
  failing.observe(200, true, 5_100);
  failing.observe(200, false, 5_100);
  expect(failing.ejection.count).toBe(1);
  expect(failing.ejection.onProbation).toBe(true);
});

it('never more are ejected than may be, one always when there are two, and none when it is alone', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 100 }),
      fc.array(fc.nat({ max: 19 }), { maxLength: 400 }),
      (count, maxEjectedPercent, failures) => {
        const { backends } = fleetOf(count, { maxEjectedPercent, consecutiveFailures: 3 });
        const most = count < 2 ? 0 : Math.max(1, Math.floor((count * maxEjectedPercent) / 100));
        for (const [now, index] of failures.entries()) {
          fail(backends[index % count] as Backend, 1, now);
          expect(ejected(backends, now)).toBeLessThanOrEqual(most);
        }
        for (const backend of backends) fail(backend, 3, failures.length);
        expect(ejected(backends, failures.length)).toBe(most);
      },
    ),
    { numRuns: 60 },
  );
});

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

it('an ejection outlives a new configuration, but not detection itself, nor a change of address', () => {
  const { registry, backends, apply } = fleetOf(2);
  fail(backends[0], 5, 0);
  expect(apply().backends[0]?.state(1).why).toBe('ejected');
  const [moved] = applyTo(registry, [endpointOf(0, { port: 99 }), endpointOf(1)]).backends;
  expect(moved?.state(1).why).toBe('available');
  fail(backends[1], 5, 1);
  const [, still] = applyTo(registry, [endpointOf(0, { port: 99 }), endpointOf(1)], {
    outlierDetection: off,
  }).backends;
  expect(still?.state(1).why).toBe('available');
});

it('on probation one that fails and may not be ejected again is like the others', () => {
  const { backends } = fleetOf(2);
  const [first, second] = backends;
  fail(first, 5, 0);
  fail(second, 5, 5_000);
  fail(first, 1, 5_100);
  expect(first.state(5_100)).toEqual({ why: 'available', reason: '', until: undefined });
  first.active = 1;
  expect(first.isAvailable(5_100)).toBe(true);
});

it('no ejection is longer than the longest that is allowed', () => {
  const { backends } = fleetOf(2, { maxEjectionMs: 8_000 });
  const [failing] = backends;
  fail(failing, 5, 0);
  fail(failing, 1, 6_000);
  expect(failing.state(6_000)).toMatchObject({ why: 'ejected', until: 14_000 });
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

it('a balancer asks those again that were ejected when detection is switched off', () => {
  const { registry, backends, apply } = fleetOf(2);
  const { balancer } = apply().share(undefined, 1);
  fail(backends[0], 5, 0);
  const picked = () => new Set(Array.from({ length: 50 }, () => balancer.pick(asked(1))));
  expect(picked()).toEqual(new Set([backends[1]]));
  applyTo(registry, [endpointOf(0), endpointOf(1)], { outlierDetection: off });
  expect(picked()).toEqual(new Set(backends));
});
