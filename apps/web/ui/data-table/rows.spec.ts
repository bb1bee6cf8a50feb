import { expect, test } from 'vitest';
import { formatSort, keepOrder, parseSort, searchRows, sortRows } from './rows.ts';

test('what has no value comes last, upwards and downwards', () => {
  const rows = [{ p95: 3 }, { p95: null }, { p95: 1 }];
  expect(sortRows(rows, (row) => row.p95, false).map(({ p95 }) => p95)).toEqual([1, 3, null]);
  expect(sortRows(rows, (row) => row.p95, true).map(({ p95 }) => p95)).toEqual([3, 1, null]);
});

test('numbers in names count as numbers', () => {
  expect(sortRows(['v10', 'v9'], (name) => name, false)).toEqual(['v9', 'v10']);
});

test('every word must be there, in any order', () => {
  const rows = ['payment failing v3', 'payment healthy v1'];
  expect(searchRows(rows, (row) => row, ' V3  payment ')).toEqual(['payment failing v3']);
  expect(searchRows(rows, (row) => row, '  ')).toBe(rows);
});

test('the sort survives its way through the URL', () => {
  expect(parseSort('-rate')).toEqual({ key: 'rate', descending: true });
  expect(formatSort({ key: 'rate', descending: true })).toBe('-rate');
  expect(parseSort('')).toBeUndefined();
});

test('rows keep their places until one comes', () => {
  const places = new Map([
    ['b', 0],
    ['a', 1],
    ['gone', 2],
  ]);
  expect(keepOrder(['a', 'b'], String, places)).toEqual(['b', 'a']);
  expect(keepOrder(['a', 'b', 'new'], String, places)).toBeUndefined();
});
