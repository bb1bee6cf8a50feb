import { expect, test } from 'vitest';
import { binomialTail, differenceInterval, sure99, surelyExceeds } from './proportion.ts';

test('binomial tails against sums taken by hand', () => {
  expect(binomialTail(1, 3, 0.01)).toBeCloseTo(1 - 0.99 ** 3, 12);
  expect(binomialTail(3, 3, 0.5)).toBeCloseTo(0.125, 12);
  expect(binomialTail(2, 20, 0.01)).toBeCloseTo(1 - 0.99 ** 20 - 20 * 0.01 * 0.99 ** 19, 10);
  expect(binomialTail(60, 100, 0.5)).toBeCloseTo(0.028444, 6);
  expect(binomialTail(0, 10, 0.5)).toBe(1);
  expect(binomialTail(1, 10, 0)).toBe(0);
  expect(binomialTail(100_900, 10_000_000, 0.01)).toBeCloseTo(0.0021, 3);
});

test('the difference of two shares as in Newcombe 1998, table II, row (a), method 10', () => {
  const { low, high } = differenceInterval(
    { hits: 56, trials: 70 },
    { hits: 48, trials: 80 },
    { z: 1.959964, tail: 0.025 },
  );
  expect(low).toBeCloseTo(0.0524, 4);
  expect(high).toBeCloseTo(0.3339, 4);
  expect(differenceInterval({ hits: 0, trials: 0 }, { hits: 1, trials: 1 }, sure99)).toEqual({
    low: -1,
    high: 1,
  });
});

test('without trials nothing is sure', () => {
  expect(surelyExceeds(0, 0, 0.01, sure99)).toBe(false);
});
