import { retriesSchema } from '@tulle/mesh/retries';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unlimitedRetries, WindowedRetryBudget } from './retry-budget.ts';
import { RetryBudgetRegistry } from './retry-budget-registry.ts';

const event = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 15_000 })),
  requests: fc.integer({ min: 0, max: 50 }),
  retries: fc.integer({ min: 0, max: 30 }),
});
const settings = fc.record({
  percent: fc.integer({ min: 0, max: 100 }),
  min: fc.integer({ min: 0, max: 3 }),
});

describe('a retry budget', () => {
  it('is never exceeded over any stretch of time', () => {
    fc.assert(
      fc.property(settings, fc.array(event, { maxLength: 80 }), ({ percent, min }, events) => {
        const budget = new WindowedRetryBudget(percent, min, 0);
        const requests: number[] = [];
        const retries: number[] = [];
        let now = 0;
        for (const { afterMs, ...counts } of events) {
          now += afterMs;
          const second = Math.floor(now / 1_000);
          for (let count = 0; count < counts.requests; count++) budget.onRequest(now);
          requests[second] = (requests[second] ?? 0) + counts.requests;
          for (let count = 0; count < counts.retries; count++) {
            if (budget.take(now)) retries[second] = (retries[second] ?? 0) + 1;
          }
        }
        for (let from = 0; from < retries.length; from++) {
          for (let to = from + 1; to <= retries.length; to++) {
            // The nine seconds before it are still paid with.
            const seconds = to - from + 9;
            const paying = sum(requests, Math.max(0, from - 9), to);
            expect(sum(retries, from, to)).toBeLessThanOrEqual((percent * paying) / 100 + min * seconds);
          }
        }
      }),
    );
  });

  it('gives all that is allowed', () => {
    const budget = new WindowedRetryBudget(20, 0, 0);
    for (let count = 0; count < 100; count++) budget.onRequest(count);
    expect(takeAll(budget, 100)).toBe(20);
    expect(takeAll(budget, 9_999)).toBe(0);
    for (let count = 0; count < 100; count++) budget.onRequest(9_999);
    expect(takeAll(budget, 9_999)).toBe(20);
  });

  it('lets a quiet service retry', () => {
    const budget = new WindowedRetryBudget(0, 3, 0);
    expect(takeAll(budget, 0)).toBe(30);
    expect(takeAll(budget, 9_999)).toBe(0);
    expect(takeAll(budget, 10_000)).toBe(30);
  });

  it('survives a pause of any length, and times that go back', () => {
    const budget = new WindowedRetryBudget(50, 0, 0);
    budget.onRequest(0);
    budget.onRequest(1e12);
    budget.onRequest(5);
    expect(takeAll(budget, 1e12 + 1)).toBe(1);
  });

  it('tells what is left of it', () => {
    const budget = new WindowedRetryBudget(10, 1, 0);
    for (let count = 0; count < 55; count++) budget.onRequest(0);
    expect(budget.left(0)).toBe(15);
    for (let count = 0; count < 4; count++) budget.take(0);
    expect(budget.left(9_999)).toBe(11);
    expect(budget.left(10_000)).toBe(10);
    takeAll(budget, 10_000);
    budget.configure(0, 0);
    expect(budget.left(10_000)).toBe(0);
  });

  it('takes the floor of a new configuration', () => {
    const budget = new WindowedRetryBudget(0, 0, 0);
    expect(budget.take(0)).toBe(false);
    budget.configure(0, 2);
    expect(takeAll(budget, 0)).toBe(20);
  });

  it('is kept of every service that is known', () => {
    const registry = new RetryBudgetRegistry();
    const settings = retriesSchema.parse({});
    const budget = registry.obtain('orders', settings, 0);
    registry.obtain('carts', settings, 0);
    registry.forget((service) => service === 'orders');
    expect([...registry.entries()]).toEqual([['orders', budget]]);
  });

  it('has no end where a caller has one already', () => {
    unlimitedRetries.onRequest(0);
    expect(unlimitedRetries.take(0)).toBe(true);
  });

  it('outlives a configuration, and takes its settings', () => {
    const registry = new RetryBudgetRegistry();
    const parse = (budgetPercent: number) => retriesSchema.parse({ budgetPercent, budgetMinPerSecond: 0 });
    const budget = registry.obtain('orders', parse(10), 0);
    for (let count = 0; count < 100; count++) budget.onRequest(0);
    expect(takeAll(budget, 0)).toBe(10);
    expect(takeAll(registry.obtain('orders', parse(30), 0), 0)).toBe(20);
    expect(takeAll(registry.obtain('carts', parse(30), 0), 0)).toBe(0);
    registry.forget((service) => service !== 'orders');
    expect(registry.obtain('orders', parse(30), 0)).not.toBe(budget);
  });
});

function sum(counts: readonly (number | undefined)[], from: number, to: number): number {
  let total = 0;
  for (let index = from; index < to; index++) total += counts[index] ?? 0;
  return total;
}

function takeAll(budget: WindowedRetryBudget, now: number): number {
  let taken = 0;
  while (budget.take(now)) taken++;
  return taken;
}
