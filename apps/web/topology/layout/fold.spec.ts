import { expect, test } from 'vitest';
import { foldColumns } from './fold.ts';

const column = (x: number, count: number) =>
  Array.from({ length: count }, (_, index) => [`c${x}-${index}`, { x, y: index * 100 }] as const);
const boxOf = (points: Readonly<Record<string, { x: number; y: number }>>) => {
  const all = Object.values(points);
  const span = (values: number[]) => Math.max(...values) - Math.min(...values);
  return { width: span(all.map(({ x }) => x)), height: span(all.map(({ y }) => y)) };
};

test('a graph that fits a screen is left as it is', () => {
  const points = Object.fromEntries([...column(0, 1), ...column(236, 5)]);
  expect(foldColumns(points)).toBe(points);
});

test('long columns are folded until the graph fills a screen', () => {
  const points = Object.fromEntries([...column(0, 1), ...column(236, 400), ...column(472, 30)]);
  const folded = foldColumns(points);
  expect(Object.keys(folded)).toHaveLength(431);
  const { width, height } = boxOf(folded);
  expect(width / height).toBeGreaterThan(1);
  expect(width / height).toBeLessThan(2.2);
  expect(new Set(Object.values(folded).map(({ x, y }) => `${x} ${y}`)).size).toBe(431);
});

test('what stood above stays above, and columns stay in order', () => {
  const folded = foldColumns(Object.fromEntries([...column(0, 1), ...column(236, 400), ...column(472, 3)]));
  expect(folded['c236-0']?.y).toBeLessThan(folded['c236-399']?.y ?? 0);
  expect(folded['c236-399']?.x).toBeLessThan(folded['c472-0']?.x ?? 0);
});
