import { expect, test } from 'vitest';
import { type Findable, parseFind } from './find.ts';

const payment: Findable = {
  names: ['payment'],
  health: 'failing',
  traffic: { rate: 38, errorRate: 6.4, successRate: 93.6, p50: 23, p95: 412, p99: null },
};
const finds = (text: string) => parseFind(text)?.(payment);

test.each([
  ['error > 1%', true],
  ['errors>7', false],
  ['p95 > 200', true],
  ['p95 > 0.5 s', false],
  ['p95 >= 412ms', true],
  ['rate < 5/s', false],
  ['p99 > 1', false],
  ['pay', true],
  ['PAY error > 1', true],
  ['cart', false],
  ['failing', true],
  ['healthy', false],
  ['cart, payment', true],
  ['cart, error > 7', false],
  ['pay p95 > 500, ', false],
])('%s: %s', (text, found) => expect(finds(text)).toBe(found));

test('an edge is found by either end', () => {
  const edge = { ...payment, names: ['checkout', 'payment'] };
  expect(parseFind('checkout')?.(edge)).toBe(true);
});

test('nothing asked finds nothing in particular', () => {
  expect(parseFind('  ')).toBeUndefined();
});
