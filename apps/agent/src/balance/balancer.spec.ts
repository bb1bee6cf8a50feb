import type { BalancingAlgorithm } from '@tulle/mesh/load-balancer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Backend } from './backend.ts';
import { quickRandom } from './quick-random.ts';
import { applyTo, asked, endpointOf, registryOf } from './spec-fleet.spec-support.ts';

type Unkeyed = Exclude<BalancingAlgorithm, 'consistentHash'>;
const algorithms: Unkeyed[] = ['peakEwma', 'leastRequest', 'roundRobin', 'random'];

function balancerOf(algorithm: Unkeyed, weights: readonly number[], seed = 1) {
  const { registry } = registryOf({ random: quickRandom(seed) });
  const endpoints = weights.map((weight, index) => endpointOf(index, { weight }));
  const fleet = applyTo(registry, endpoints, { loadBalancer: { algorithm } });
  return fleet.share(undefined, 1);
}

it.each(algorithms)('%s gives each backend requests by its weight', (algorithm) => {
  const weights = [1, 2, 3, 1, 4, 1];
  const { balancer, backends } = balancerOf(algorithm, weights);
  const counts = new Map<Backend, number>();
  for (const backend of backends) backend.observe(10, false, 0);
  const inFlight: Backend[] = [];
  for (let pick = 0; pick < 24_000; pick++) {
    const backend = balancer.pick(asked(1)) as Backend;
    counts.set(backend, (counts.get(backend) ?? 0) + 1);
    backend.active++;
    inFlight.push(backend);
    // Each request takes as long as 60 others take to come.
    if (inFlight.length > 60) (inFlight.shift() as Backend).active--;
  }
  for (const [index, weight] of weights.entries()) {
    const share = (counts.get(backends[index] as Backend) ?? 0) / 24_000;
    expect(Math.abs(share - weight / 12)).toBeLessThan(0.02);
  }
});

it.each(algorithms)('%s takes the one to avoid only when there is no other', (algorithm) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 6 }), (weights) => {
      const { balancer, backends } = balancerOf(algorithm, weights);
      const avoid = backends[0];
      for (let pick = 0; pick < 30; pick++) {
        const picked = balancer.pick(asked(0, { avoid }));
        expect(picked === undefined).toBe(weights.length === 1);
        expect(picked).not.toBe(avoid);
      }
    }),
    { numRuns: 40 },
  );
});

it.each(algorithms)('%s follows what becomes usable and what does not', (algorithm) => {
  const { balancer, backends } = balancerOf(algorithm, [1, 1, 1, 1]);
  const [first] = backends as [Backend];
  const picked = (now: number) => new Set(Array.from({ length: 200 }, () => balancer.pick(asked(now))));
  expect(picked(0)).toEqual(new Set(backends));
  first.connectFailed(0);
  expect(picked(1)).toEqual(new Set(backends.slice(1)));
  expect(picked(300)).toEqual(new Set(backends));
});

it('round robin takes all in one order, and each exactly as often as its weight says', () => {
  const even = balancerOf('roundRobin', [1, 1, 1, 1, 1]);
  const rounds = Array.from({ length: 3 }, () =>
    Array.from({ length: 5 }, () => even.balancer.pick(asked(0))),
  );
  expect(new Set(rounds[0]).size).toBe(5);
  expect(rounds[1]).toEqual(rounds[0]);
  expect(rounds[2]).toEqual(rounds[0]);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
      fc.integer(),
      (weights, seed) => {
        const { balancer, backends } = balancerOf('roundRobin', weights, seed);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = new Map<Backend | undefined, number>();
        for (let turn = 1; turn <= total * 3; turn++) {
          const backend = balancer.pick(asked(0));
          counts.set(backend, (counts.get(backend) ?? 0) + 1);
          // Smooth: nobody is ever ahead of its share, or behind it, by two turns or more.
          for (const [index, weight] of weights.entries()) {
            const due = (turn * weight) / total;
            expect(Math.abs((counts.get(backends[index]) ?? 0) - due)).toBeLessThan(2 + weights.length / 4);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

it('the least busy of two gets the request', () => {
  const { balancer, backends } = balancerOf('leastRequest', [1, 1]);
  const [first, second] = backends as [Backend, Backend];
  first.active = 3;
  expect(balancer.pick(asked(0))).toBe(second);
  second.active = 4;
  expect(balancer.pick(asked(0))).toBe(first);
});

it('a backend that never answered is not run over before its first answer', () => {
  const { balancer, backends } = balancerOf(
    'peakEwma',
    Array.from({ length: 10 }, () => 1),
  );
  const [fresh, ...known] = backends as [Backend, ...Backend[]];
  for (const backend of known) backend.observe(10, false, 0);
  for (let pick = 0; pick < 100; pick++) (balancer.pick(asked(1)) as Backend).active++;
  expect(fresh.active).toBeLessThan(20);
});

it('a balancer is kept while nothing of it changes, and made anew when something does', () => {
  const { registry } = registryOf();
  const endpoints = [endpointOf(0), endpointOf(1)];
  const before = applyTo(registry, endpoints).share('v1', 1).balancer;
  expect(applyTo(registry, endpoints, { timeouts: { requestMs: 1 } }).share('v1', 1).balancer).toBe(before);
  for (const changed of [{ weight: 2 }, { zone: 'a' }]) {
    const after = applyTo(registry, [endpointOf(0), endpointOf(1, changed)]).share('v1', 1).balancer;
    expect(after).not.toBe(before);
  }
});
