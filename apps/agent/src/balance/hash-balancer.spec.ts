import type { Endpoint } from '@tulle/mesh/service-view';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import type { Balancer } from './balancer.ts';
import { quickRandom } from './quick-random.ts';
import { applyTo, asked, endpointOf, registryOf } from './spec-fleet.spec-support.ts';

const bySource = { algorithm: 'consistentHash', hashKey: { by: 'source' } } as const;

function hashingOver(endpoints: readonly Endpoint[], more: { maxLoadPercent?: number } = {}) {
  const { registry } = registryOf({ random: quickRandom(1) });
  const fleet = applyTo(registry, endpoints, { loadBalancer: { ...bySource, ...more } });
  return { balancer: fleet.share(undefined, 1).balancer, backends: fleet.backends };
}

function ownersOf(balancer: Balancer, keys: number, now = 0): string[] {
  return Array.from(
    { length: keys },
    (_, key) => balancer.pick(asked(now, { source: `user-${key}` }))?.endpoint.id ?? '',
  );
}

it('one of n endpoints that goes moves only its own keys, about 1/n of all; one that comes, as many', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 30 }), fc.nat(), fc.nat({ max: 1_000 }), (count, gone, base) => {
      const all = Array.from({ length: count }, (_, index) => endpointOf(base + index));
      const left = all.filter((_, index) => index !== gone % count);
      const before = ownersOf(hashingOver(all).balancer, 2_000);
      const after = ownersOf(hashingOver(left).balancer, 2_000);
      const goneId = all[gone % count]?.id;
      const moved = before.filter((owner, key) => owner !== after[key]);
      expect(new Set(moved)).toEqual(new Set([goneId]));
      expect(moved.length / 2_000).toBeGreaterThan(0.5 / count);
      expect(moved.length / 2_000).toBeLessThan(1.6 / count);
    }),
    { numRuns: 40 },
  );
});

it('keys are shared by weight', () => {
  const weights = [1, 2, 3, 4];
  const owners = ownersOf(
    hashingOver(weights.map((weight, index) => endpointOf(index, { weight }))).balancer,
    10_000,
  );
  for (const [index, weight] of weights.entries()) {
    const share = owners.filter((owner) => owner === `web-${index}`).length / 10_000;
    expect(Math.abs(share - weight / 10)).toBeLessThan(0.06);
  }
});

it('the keys of one that cannot be used go to many others, and come back with it', () => {
  const { balancer, backends } = hashingOver(Array.from({ length: 10 }, (_, index) => endpointOf(index)));
  const before = ownersOf(balancer, 2_000);
  (backends[0] as Backend).connectFailed(0);
  const during = ownersOf(balancer, 2_000, 1);
  const heirs = new Set<string | undefined>();
  for (const [key, owner] of before.entries()) {
    if (owner === 'web-0') heirs.add(during[key]);
    else expect(during[key]).toBe(owner);
  }
  expect(heirs.size).toBeGreaterThan(4);
  expect(ownersOf(balancer, 2_000, 10_000)).toEqual(before);
});

it('no backend ever has more than its multiple of the average load, whatever the keys are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 8 }),
      fc.integer({ min: 100, max: 400 }),
      fc.array(fc.nat({ max: 3 }), { minLength: 50, maxLength: 300 }),
      (weights, maxLoadPercent, keys) => {
        const { balancer, backends } = hashingOver(
          weights.map((weight, index) => endpointOf(index, { weight })),
          { maxLoadPercent },
        );
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (const [taken, key] of keys.entries()) {
          const backend = balancer.pick(asked(0, { source: `user-${key}` })) as Backend;
          backend.active++;
          const limit = (maxLoadPercent / 100) * (taken + 1) * (backend.weight / total);
          expect(backend.active).toBeLessThanOrEqual(Math.ceil(limit + 1e-9));
        }
        expect(backends.reduce((sum, { active }) => sum + active, 0)).toBe(keys.length);
      },
    ),
    { numRuns: 100 },
  );
});

it('requests without the key go anywhere', () => {
  const { balancer } = hashingOver([endpointOf(0), endpointOf(1), endpointOf(2)]);
  expect(new Set(Array.from({ length: 100 }, () => balancer.pick(asked(0))?.endpoint.id)).size).toBe(3);
});

it('a new backend takes over its keys one after the other, and never gives one back', () => {
  const { registry, clock } = registryOf({ random: quickRandom(1) });
  const settings = { loadBalancer: { ...bySource, slowStartMs: 10_000 } };
  const old = Array.from({ length: 4 }, (_, index) => endpointOf(index));
  applyTo(registry, old, settings);
  const fleet = applyTo(registry, [...old, endpointOf(9)], settings);
  const balancer = fleet.share(undefined, 1).balancer;
  let had = new Set<number>();
  for (let now = 0; now <= 10_000; now += 1_000) {
    clock.now = now;
    const owners = ownersOf(balancer, 2_000, now);
    const has = new Set(owners.flatMap((owner, key) => (owner === 'web-9' ? [key] : [])));
    for (const key of had) expect(has.has(key)).toBe(true);
    if (now === 0) expect(has.size).toBeLessThan(100);
    had = has;
  }
  expect(had.size).toBeGreaterThan(250);
});
