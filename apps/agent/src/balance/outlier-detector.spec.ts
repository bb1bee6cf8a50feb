import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import type { BackendRegistry } from './backend-registry.ts';
import { ejected, fail, fleetOf, off, succeed } from './outlier.spec-support.ts';
import { applyTo, asked, endpointOf } from './spec-fleet.spec-support.ts';

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

it('a balancer leaves out who is ejected at once, and asks it again when detection is switched off', () => {
  const { registry, backends } = fleetOf(2);
  const asking = picker(registry);
  expect(asking(0)).toEqual(['web-0', 'web-1']);
  fail(backends[0], 5, 0);
  expect(asking(0)).toEqual(['web-1']);
  applyTo(registry, [endpointOf(0), endpointOf(1)], { outlierDetection: off });
  expect(asking(0)).toEqual(['web-0', 'web-1']);
});

it('a balancer gives its share to one that has proved itself at once, busy as it is', () => {
  const { registry, backends } = fleetOf(2);
  const asking = picker(registry);
  const [first] = backends;
  fail(first, 5, 0);
  first.active = 1;
  expect(asking(5_100)).toEqual(['web-1']);
  succeed(first, 5, 5_100);
  expect(asking(5_100)).toEqual(['web-0', 'web-1']);
});

it.each(['consecutiveFailures', 'successRateBelowPercent', 'latencyAbovePercent'] as const)(
  'an ejection lasts as long as there is %s alone',
  (criterion) => {
    const { registry, backends } = fleetOf(2);
    fail(backends[0], 5, 0);
    applyTo(registry, [endpointOf(0), endpointOf(1)], { outlierDetection: { ...off, [criterion]: 50 } });
    expect(backends[0].state(1).why).toBe('ejected');
  },
);

/** The names of those that a balancer chooses from. */
function picker(registry: BackendRegistry): (now: number) => string[] {
  const endpoints = [endpointOf(0), endpointOf(1)];
  const { balancer } = applyTo(registry, endpoints, { loadBalancer: { algorithm: 'random' } }).share(
    undefined,
    1,
  );
  return (now) => {
    const picked = Array.from({ length: 100 }, () => balancer.pick(asked(now))?.endpoint.id ?? '');
    return [...new Set(picked)].sort();
  };
}
