import { seededRandom } from '@tulle/agent/specs/seeded-random';
import { describe, expect, it } from 'vitest';
import { type ChainSettings, closedForm, playChain } from './call-chain.ts';

function settings(more: Partial<ChainSettings>): ChainSettings {
  return {
    depth: 3,
    attempts: 2,
    failing: 0.5,
    budgetPercent: undefined,
    requests: 100_000,
    requestsPerSecond: 1_000,
    random: seededRandom(42),
    ...more,
  };
}

describe('the arithmetic of retries', () => {
  it.each([0, 1, 2, 3])(
    'agrees with the closed form within a point, with %i retries at each of three hops',
    (attempts) => {
      const played = playChain(settings({ attempts }));
      const expected = closedForm(settings({ attempts }));
      expect(Math.abs(played.success - expected.success)).toBeLessThan(0.01);
      played.load.forEach((load, service) => {
        const computed = expected.load[service] ?? Number.NaN;
        expect(Math.abs(load / computed - 1)).toBeLessThan(0.01);
      });
    },
  );

  it('is what one works out by hand', () => {
    const { success, load } = closedForm(settings({ depth: 1 }));
    expect(success).toBe(0.875);
    expect(load).toEqual([1.75]);
    expect(closedForm(settings({ failing: 1 })).load).toEqual([3, 9, 27]);
  });

  it.each([0.5, 0.9, 1])(
    'puts no more than 1 + budget on a service that fails %d of its calls',
    (failing) => {
      const { load } = playChain(settings({ depth: 1, attempts: 10, failing, budgetPercent: 20 }));
      expect(load[0]).toBeLessThanOrEqual(1.2);
      expect(load[0]).toBeGreaterThan(1.199);
    },
  );

  it('puts no more than 1 + budget for each hop on one that stands three deep', () => {
    const { load } = playChain(settings({ attempts: 10, failing: 1, budgetPercent: 20 }));
    let before = 1;
    for (const arriving of load) {
      expect(arriving / before).toBeLessThanOrEqual(1.2);
      before = arriving;
    }
  });
});
