import { expect, test } from 'vitest';
import { edgeCurve, edgeMiddle } from './edge-curve.ts';

const at = (x: number, y: number) => ({ x, y });

test('a level edge has its control points on the line', () => {
  const { way, distances } = edgeCurve(at(0, 0), at(300, 0));
  expect(way).toBe('forward');
  expect(
    distances
      .split(' ')
      .map(Number)
      .every((distance) => distance === 0),
  ).toBe(true);
});

test('the control points stand level with the ends', () => {
  const { distances, weights } = edgeCurve(at(0, 0), at(400, 100));
  const [d1 = 0, d2 = 0] = distances.split(' ').map(Number);
  const [w1 = 0, w2 = 0] = weights.split(' ').map(Number);
  expect(d1).toBeCloseTo(-d2, 1);
  expect(w1 + w2).toBeCloseTo(1, 2);
  // In the coordinates of the line from (76, 0) to (324, 100), the first control has y = 0.
  const length = Math.hypot(248, 100);
  expect(w1 * 100 + (d1 * 248) / length).toBeCloseTo(0, 0);
});

test('edges within a column and backwards leave on the side they go to', () => {
  expect(edgeCurve(at(0, 0), at(0, 200)).way).toBe('same');
  expect(edgeCurve(at(400, 0), at(0, 0)).way).toBe('back');
});

test('a long edge turns where it passes behind no node', () => {
  const between = [60, 160].map((y) => ({ x: 236, y, height: 44 }));
  const weights = (others: { x: number; y: number; height: number }[]) =>
    edgeCurve(at(0, 0), at(472, 260), others).weights.split(' ');
  expect(weights([])).toHaveLength(2);
  expect(weights(between)).toHaveLength(3);
});

test('an edge is pointed at where it passes', () => {
  const between = [60, 160].map((y) => ({ x: 236, y, height: 44 }));
  expect(edgeMiddle(at(0, 0), at(400, 0))).toEqual(at(200, 0));
  expect(edgeMiddle(at(0, 0), at(400, 100))).toEqual(at(200, 50));
  // It turns right after its source, at a quarter of the gap between columns.
  expect(edgeMiddle(at(0, 0), at(472, 260), between)).toEqual(at(76 + 42, 130));
  expect(edgeMiddle(at(0, 0), at(0, 200))).toEqual(at(76 + 46, 100));
});
