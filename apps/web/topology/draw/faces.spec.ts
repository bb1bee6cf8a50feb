import { expect, test } from 'vitest';
import { edgeWidth, initialsOf } from './faces.ts';

test('names become initials', () => {
  expect(initialsOf('payment')).toBe('Pa');
  expect(initialsOf('load-generator')).toBe('LG');
  expect(initialsOf('a')).toBe('A');
});

test('width follows the rate in steps, so that noise changes nothing', () => {
  expect(edgeWidth(642, 642)).toBe(6);
  expect(edgeWidth(0, 0)).toBe(1.5);
  expect(edgeWidth(100, 642)).toBe(edgeWidth(101, 642));
});
