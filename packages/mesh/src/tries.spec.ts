import fc from 'fast-check';
import { expect, test } from 'vitest';
import { trySuccessRate } from './tries.ts';

test('a service that fails half of its tries and is asked twice succeeds by three quarters', () => {
  expect(trySuccessRate({ requests: 100, successRate: 75 }, 50)).toBe(50);
});

test('without retries there is one share, which is shown already', () => {
  expect(trySuccessRate({ requests: 100, successRate: 75 }, 0)).toBeUndefined();
  expect(trySuccessRate({ requests: 0, successRate: 100 }, 3)).toBeUndefined();
});

test('of single tries never more succeed than of requests', () => {
  const counts = fc.record({ ok: fc.nat(1_000), failed: fc.nat(1_000), retries: fc.nat(1_000) });
  fc.assert(
    fc.property(counts, ({ ok, failed, retries }) => {
      const requests = ok + failed;
      const successRate = requests === 0 ? 100 : (100 * ok) / requests;
      const rate = trySuccessRate({ requests, successRate }, retries);
      if (rate === undefined) return;
      expect(rate).toBeGreaterThanOrEqual(0);
      expect(rate).toBeLessThanOrEqual(successRate);
    }),
  );
});
