import { expect, test } from 'vitest';
import { type Direction, nextNode } from './next-node.ts';

const points = {
  frontend: { x: 0, y: 100 },
  ads: { x: 200, y: 0 },
  cart: { x: 200, y: 100 },
  checkout: { x: 200, y: 200 },
  payment: { x: 400, y: 200 },
};
const shape = {
  services: Object.keys(points),
  edges: [
    { source: 'frontend', destination: 'ads' },
    { source: 'frontend', destination: 'checkout' },
    { source: 'checkout', destination: 'payment' },
  ],
};
const go = (from: string, direction: Direction) => nextNode(from, direction, points, shape);

test('right follows an edge although another node is nearer', () => {
  expect(go('frontend', 'ArrowRight')).toBe('ads');
  expect(go('checkout', 'ArrowRight')).toBe('payment');
});

test('left goes back to a caller', () => {
  expect(go('payment', 'ArrowLeft')).toBe('checkout');
  expect(go('cart', 'ArrowLeft')).toBe('frontend');
});

test('up and down stay in the column', () => {
  expect(go('checkout', 'ArrowUp')).toBe('cart');
  expect(go('ads', 'ArrowDown')).toBe('cart');
});

test('the border ends the way', () => {
  expect(go('payment', 'ArrowRight')).toBeUndefined();
  expect(go('ads', 'ArrowUp')).toBeUndefined();
});
