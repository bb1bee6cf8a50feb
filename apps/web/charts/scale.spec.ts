import { expect, test } from 'vitest';
import { axisTicks, roundUp } from './scale.ts';

test('the top is round and holds every value', () => {
  expect(roundUp(31)).toBe(40);
  expect(roundUp(100)).toBe(100);
  expect(roundUp(0.07)).toBeCloseTo(0.08);
  expect(roundUp(642)).toBe(800);
});

test('nothing measured still has an axis', () => {
  expect(axisTicks([null, null])).toEqual([0, 0.5, 1]);
  expect(axisTicks([])).toEqual([0, 0.5, 1]);
  expect(axisTicks([3], 100)).toEqual([0, 50, 100]);
});
