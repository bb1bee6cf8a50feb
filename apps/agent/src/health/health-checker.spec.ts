import { healthCheckSchema } from '@tulle/mesh/health-check';
import { expect, it } from 'vitest';
import type { Backend } from '../balance/backend.ts';
import { quickRandom } from '../balance/quick-random.ts';
import { applyTo, endpointOf, registryOf } from '../balance/spec-fleet.spec-support.ts';
import { HealthChecker } from './health-checker.ts';
import type { HealthProbe, HealthVerdict } from './health-probe.ts';

class ScriptedProbe implements HealthProbe {
  readonly asked: Backend[] = [];
  readonly open: ((verdict: HealthVerdict, reason: string) => void)[] = [];

  check(...[backend, , , done]: Parameters<HealthProbe['check']>): void {
    this.asked.push(backend);
    this.open.push(done);
  }

  answer(verdict: HealthVerdict, reason = ''): void {
    for (const done of this.open.splice(0)) done(verdict, reason);
  }
}

const check = healthCheckSchema.parse({ intervalMs: 1_000, unhealthyAfter: 3, healthyAfter: 2 });

function checking(count: number) {
  const probe = new ScriptedProbe();
  const checker = new HealthChecker(probe, quickRandom(1));
  const { backends } = applyTo(
    registryOf().registry,
    Array.from({ length: count }, (_, index) => endpointOf(index)),
  );
  checker.follow(backends, check, 0);
  let now = 0;
  const round = (verdict: HealthVerdict, reason = '') => {
    now += 1_200;
    checker.sweep(now);
    probe.answer(verdict, reason);
    return backends[0]?.state(now);
  };
  return { probe, checker, backends: backends as [Backend, ...Backend[]], round };
}

it('an endpoint counts as healthy until enough checks in a row say otherwise, and the other way round', () => {
  const { round } = checking(1);
  const bad = () => round('unhealthy', 'status 500')?.why;
  const good = () => round('healthy', 'status 200')?.why;
  expect([bad(), bad(), good(), bad(), bad()]).toEqual(Array.from({ length: 5 }, () => 'available'));
  expect(round('unhealthy', 'status 500')).toEqual({
    why: 'unhealthy',
    reason: 'status 500',
    until: undefined,
  });
  expect([good(), bad(), good()]).toEqual(['unhealthy', 'unhealthy', 'unhealthy']);
  expect(good()).toBe('available');
});

it('a check that could not be made says nothing', () => {
  const { round } = checking(1);
  for (let time = 0; time < 10; time++) expect(round('unknown', 'no_identity')?.why).toBe('available');
});

it('an endpoint is asked once an interval, and never while an answer is out', () => {
  const { probe, checker } = checking(1);
  for (let now = 0; now <= 10_000; now += 50) {
    checker.sweep(now);
    if (now < 5_000) probe.answer('healthy');
  }
  expect(probe.asked.length).toBeGreaterThanOrEqual(5);
  expect(probe.asked.length).toBeLessThanOrEqual(7);
});

it('checks are spread over the first interval, and no more than sixteen are made at once', () => {
  const { probe, checker } = checking(100);
  checker.sweep(100);
  const early = probe.asked.length;
  expect(early).toBeGreaterThan(0);
  expect(early).toBeLessThan(17);
  checker.sweep(900);
  expect(probe.asked.length).toBe(16);
  for (let now = 1_000; now < 2_000; now += 50) {
    probe.answer('healthy');
    checker.sweep(now);
  }
  // Each has had its turn.
  expect(new Set(probe.asked).size).toBe(100);
});

it('when checks take longer than their interval, each endpoint still has its turn', () => {
  const { probe, checker } = checking(40);
  for (let now = 1_200; now < 6_000; now += 1_200) {
    checker.sweep(now);
    probe.answer('healthy');
  }
  expect(new Set(probe.asked).size).toBe(40);
});

it('without checks an endpoint is healthy again, and a late answer is nobody’s', () => {
  const { probe, checker, backends, round } = checking(1);
  for (let time = 0; time < 3; time++) round('unhealthy');
  expect(backends[0].state(0).why).toBe('unhealthy');
  checker.sweep(10_000);
  checker.follow(backends, undefined, 10_000);
  probe.answer('unhealthy');
  expect(backends[0].state(10_000).why).toBe('available');
});
