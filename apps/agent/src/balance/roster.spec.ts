import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import type { Balancer } from './balancer.ts';
import { quickRandom } from './quick-random.ts';
import { applyTo, asked, endpointOf, registryOf } from './spec-fleet.spec-support.ts';

function pickedBy(balancer: Balancer, picks: number, now = 0): Map<Backend | undefined, number> {
  const counts = new Map<Backend | undefined, number>();
  for (let pick = 0; pick < picks; pick++) {
    const backend = balancer.pick(asked(now));
    counts.set(backend, (counts.get(backend) ?? 0) + 1);
  }
  return counts;
}

function zonedFleet(local: number, remote: number, localityPercent: number) {
  const { registry } = registryOf({ random: quickRandom(1), zone: 'a' });
  const endpoints = Array.from({ length: local + remote }, (_, index) =>
    endpointOf(index, { zone: index < local ? 'a' : 'b' }),
  );
  const loadBalancer = { algorithm: 'random', localityPercent, panicPercent: 0 } as const;
  const fleet = applyTo(registry, endpoints, { loadBalancer });
  return { balancer: fleet.share(undefined, 1).balancer, backends: fleet.backends };
}

it('endpoints of the own zone come first, and others in proportion when too few of them are usable', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 10 }),
      fc.nat({ max: 10 }),
      fc.integer({ min: 10, max: 100 }),
      (local, remote, down, localityPercent) => {
        const { balancer, backends } = zonedFleet(local, remote, localityPercent);
        const failed = Math.min(down, local);
        for (const backend of backends.slice(0, failed)) backend.connectFailed(0);
        const near = Array.from(pickedBy(balancer, 2_000, 1))
          .filter(([backend]) => backend?.endpoint.zone === 'a')
          .reduce((sum, [, count]) => sum + count, 0);
        const expected = Math.min(1, (100 * (local - failed)) / (local * localityPercent));
        expect(Math.abs(near / 2_000 - expected)).toBeLessThan(0.05);
      },
    ),
    { numRuns: 50 },
  );
});

it('zones do not matter when nobody said so, or when the own zone has no endpoint', () => {
  for (const { balancer } of [zonedFleet(2, 2, 0), zonedFleet(0, 4, 70)]) {
    expect(pickedBy(balancer, 500).size).toBe(4);
  }
});

it('a retry leaves the zone rather than go where it just failed', () => {
  const { balancer, backends } = zonedFleet(1, 1, 70);
  expect(balancer.pick(asked(0, { avoid: backends[0] }))).toBe(backends[1]);
});

it('when too few are usable health is ignored, but not that nobody listens', () => {
  const { registry } = registryOf({ random: quickRandom(1) });
  const endpoints = Array.from({ length: 5 }, (_, index) => endpointOf(index));
  const fleet = applyTo(registry, endpoints, { loadBalancer: { algorithm: 'random', panicPercent: 50 } });
  const balancer = fleet.share(undefined, 1).balancer;
  const [first, second, third, fourth] = fleet.backends as [Backend, Backend, Backend, Backend];
  first.setHealth(false, 'status 500', 0);
  second.setHealth(false, 'status 500', 0);
  expect(pickedBy(balancer, 500).size).toBe(3);
  third.connectFailed(0);
  expect([...pickedBy(balancer, 500, 1).keys()]).not.toContain(third);
  expect(pickedBy(balancer, 500, 1).size).toBe(4);
  for (const backend of [third, fourth, ...fleet.backends]) backend.setHealth(false, 'status 500', 1);
  expect(balancer.pick(asked(1))).toBeUndefined();
});

it('a new endpoint has a share that grows with its age; those of the first view are not new', () => {
  const { registry, clock } = registryOf({ random: quickRandom(1) });
  const settings = { loadBalancer: { algorithm: 'random', slowStartMs: 10_000 } } as const;
  const first = applyTo(registry, [endpointOf(0), endpointOf(1)], settings);
  expect(first.backends.map((backend) => backend.state(0).why)).toEqual(['available', 'available']);
  clock.now = 1_000;
  const fleet = applyTo(registry, [endpointOf(0), endpointOf(1), endpointOf(2)], settings);
  const balancer = fleet.share(undefined, 1).balancer;
  const fresh = fleet.backends[2] as Backend;
  expect(fresh.state(1_000)).toEqual({ why: 'warming', reason: '', until: 11_000 });
  for (const [age, warmth] of [
    [0, 0.1],
    [5_000, 0.5],
    [9_000, 0.9],
    [10_000, 1],
  ] as const) {
    const share = (pickedBy(balancer, 5_000, 1_000 + age).get(fresh) ?? 0) / 5_000;
    expect(Math.abs(share - warmth / (2 + warmth))).toBeLessThan(0.03);
  }
  expect(fresh.state(11_000).why).toBe('available');
});

function ids(balancer: Balancer, now: number): string[] {
  return [...pickedBy(balancer, 300, now).keys()].map((backend) => backend?.endpoint.id ?? '').sort();
}

it('one that is tried after its ejection is no reason to ignore the health of the others', () => {
  const { registry } = registryOf({ random: quickRandom(1) });
  const endpoints = Array.from({ length: 4 }, (_, index) => endpointOf(index));
  const fleet = applyTo(registry, endpoints, { loadBalancer: { algorithm: 'random', panicPercent: 50 } });
  const { balancer } = fleet.share(undefined, 1);
  const [tried, ...others] = fleet.backends as [Backend, ...Backend[]];
  for (const ill of others.slice(1)) ill.setHealth(false, 'status 500', 0);
  for (let failure = 0; failure < 5; failure++) tried.observe(1, true, 0);
  expect(ids(balancer, 1)).toEqual(['web-0', 'web-1', 'web-2', 'web-3']);
  tried.active = 1;
  expect(ids(balancer, 5_001)).toEqual(['web-1']);
});

it('who is ejected, or cannot be reached, is chosen from again once the time has come', () => {
  const { registry } = registryOf({ random: quickRandom(1) });
  const endpoints = [endpointOf(0), endpointOf(1), endpointOf(2)];
  const fleet = applyTo(registry, endpoints, { loadBalancer: { algorithm: 'random', panicPercent: 0 } });
  const { balancer } = fleet.share(undefined, 1);
  const [ejected, unreached] = fleet.backends as [Backend, Backend];
  for (let failure = 0; failure < 5; failure++) ejected.observe(1, true, 0);
  for (let attempt = 0; attempt < 3; attempt++) unreached.connectFailed(0);
  expect(ids(balancer, 999)).toEqual(['web-2']);
  expect(ids(balancer, 1_000)).toEqual(['web-1', 'web-2']);
  expect(ids(balancer, 4_999)).toEqual(['web-1', 'web-2']);
  expect(ids(balancer, 5_000)).toEqual(['web-0', 'web-1', 'web-2']);
});

it('attempts to connect come ever later, five seconds apart at most, until one succeeds', () => {
  const { registry } = registryOf();
  const [backend] = applyTo(registry, [endpointOf(0)]).backends as [Backend];
  const waits = Array.from({ length: 7 }, () => {
    backend.connectFailed(0);
    return backend.state(0).until;
  });
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  expect(backend.state(0).reason).toBe('7 failed attempts to connect');
  backend.connected();
  expect(backend.isAvailable(0)).toBe(true);
  backend.connectFailed(0);
  expect(backend.state(0).until).toBe(250);
});

it('one that has recovered begins as a new one does', () => {
  const { registry } = registryOf();
  const settings = { loadBalancer: { slowStartMs: 10_000 } };
  const [backend] = applyTo(registry, [endpointOf(0)], settings).backends as [Backend];
  backend.setHealth(false, 'status 500', 1_000);
  backend.setHealth(false, 'status 501', 1_500);
  expect(backend.state(1_500)).toMatchObject({ why: 'unhealthy', reason: 'status 501' });
  backend.setHealth(true, '', 2_000);
  expect(backend.state(2_000)).toMatchObject({ why: 'warming', until: 12_000 });
  backend.setHealth(true, '', 3_000);
  expect(backend.state(3_000)).toMatchObject({ why: 'warming', until: 12_000 });
});

it('nobody is unhealthy whom nobody checks any more', () => {
  const { registry } = registryOf();
  const fleet = applyTo(registry, [endpointOf(0), endpointOf(1)], { loadBalancer: { panicPercent: 0 } });
  const { balancer } = fleet.share(undefined, 1);
  const [backend] = fleet.backends as [Backend];
  backend.setHealth(false, 'status 500', 0);
  expect(ids(balancer, 1)).toEqual(['web-1']);
  backend.clearHealth();
  expect(backend.state(1)).toEqual({ why: 'available', reason: '', until: undefined });
  expect(ids(balancer, 1)).toEqual(['web-0', 'web-1']);
});
