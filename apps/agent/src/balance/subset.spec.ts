import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applyTo, endpointOf, registryOf } from './spec-fleet.spec-support.ts';
import { subsetOf } from './subset.ts';

const fleet = (count: number) => Array.from({ length: count }, (_, index) => endpointOf(index));

it('each agent has as many as it may, and an endpoint that comes or goes changes at most one of them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.string(),
      (n, size, agent) => {
        const all = fleet(n);
        const before = new Set(subsetOf(all, size, agent));
        expect(before.size).toBe(Math.min(n, size));
        expect(new Set(subsetOf(all.toReversed(), size, agent))).toEqual(before);
        const after = new Set(subsetOf(all.slice(1), size, agent));
        expect([...before].filter((one) => !after.has(one)).length).toBeLessThanOrEqual(1);
        expect([...after].filter((one) => !before.has(one)).length).toBeLessThanOrEqual(1);
      },
    ),
  );
});

it('all agents together use all endpoints alike', () => {
  const counts = new Map<string, number>();
  for (let agent = 0; agent < 1_000; agent++) {
    for (const { id } of subsetOf(fleet(100), 20, `agent-${agent}`))
      counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  // 200 each on average; five standard deviations of a fair draw are 63.
  for (let index = 0; index < 100; index++) {
    expect(Math.abs((counts.get(`web-${index}`) ?? 0) - 200)).toBeLessThan(64);
  }
});

it('the subset is one of each version, and 0 means all', () => {
  const endpoints = [...fleet(20), ...fleet(20).map((e) => ({ ...e, id: `${e.id}-v2`, version: 'v2' }))];
  const { registry } = registryOf({ instance: 'caller-1' });
  const { backends } = applyTo(registry, endpoints, { loadBalancer: { subsetSize: 5 } });
  const versions = backends.map(({ endpoint }) => endpoint.version);
  expect([versions.filter((v) => v === 'v1').length, versions.filter((v) => v === 'v2').length]).toEqual([
    5, 5,
  ]);
  expect(applyTo(registry, endpoints).backends.length).toBe(40);
});
