import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatMs,
  formatNumber,
  formatPercent,
  formatRate,
  formatRelative,
  listOf,
  shortenId,
} from './format.ts';

/** The thin space is written as a plain one below, to be readable. */
const plain = (text: string) => text.replaceAll('\u2009', ' ');

test('units stand after a thin space', () => {
  expect(formatMs(41)).toBe('41\u2009ms');
});

test('numbers have three significant digits', () => {
  expect([0, 6.4, 6.449, 0.04215, 398.4, 999.6, 1_204, 123_456, -2.5].map(formatNumber)).toEqual([
    '0',
    '6.4',
    '6.45',
    '0.0421',
    '398',
    '1,000',
    '1,200',
    '123,000',
    '−2.5',
  ]);
  expect(formatNumber(Number.NaN)).toBe('–');
  expect(formatCount(1_204)).toBe('1,204');
});

test('rates and magnitudes', () => {
  expect([0, 31, 999.4, 1_234, 2_500_000].map((rate) => plain(formatRate(rate)))).toEqual([
    '0 /s',
    '31 /s',
    '999 /s',
    '1.23 k/s',
    '2.5 M/s',
  ]);
  expect(plain(formatRate(999_700))).toBe('1 M/s');
});

test('a percentage never claims all or nothing by rounding', () => {
  expect([0, 6.4, 99.92, 99.996, 100, 0.004].map((value) => plain(formatPercent(value)))).toEqual([
    '0 %',
    '6.4 %',
    '99.92 %',
    '99.99 %',
    '100 %',
    '<0.01 %',
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
      const text = plain(formatPercent(percent));
      expect(text === '100 %').toBe(percent === 100);
      expect(text === '0 %').toBe(percent === 0);
    }),
  );
});

test('latencies and lengths of time', () => {
  expect([0, 0.0423, 0.42, 41.26, 999.7, 1_240, 120_000].map((ms) => plain(formatMs(ms)))).toEqual([
    '0 ms',
    '42.3 µs',
    '0.42 ms',
    '41.3 ms',
    '1 s',
    '1.24 s',
    '2 min',
  ]);
  expect([0, 45_000, 90_000, 7_200_000, 273_600_000].map((ms) => plain(formatDuration(ms)))).toEqual([
    '0 s',
    '45 s',
    '1 min 30 s',
    '2 h',
    '3 d 4 h',
  ]);
});

test('relative times', () => {
  const now = 1_800_000_000_000;
  const hour = 3_600_000;
  expect(
    [now, now - 12_500, now - 2 * hour, now + 22 * hour, now - 72 * hour, now + 87_600 * hour].map((at) =>
      plain(formatRelative(at, now)),
    ),
  ).toEqual(['now', '12 s ago', '2 h ago', 'in 22 h', '3 d ago', 'in 9 y']);
});

test('sizes, ids and lists', () => {
  expect(plain(formatBytes(47 * 2 ** 20))).toBe('47 MB');
  expect(plain(formatBytes(1_000))).toBe('0.977 kB');
  expect(shortenId('7f3a51f09c01')).toBe('7f3a…9c01');
  expect(shortenId('7f3a9c01')).toBe('7f3a9c01');
  expect(countOf(1, 'agent')).toBe('1 agent');
  expect(countOf(2, 'person', 'people')).toBe('2 people');
  expect(listOf([])).toBe('');
  expect(listOf(['frontend', 'cart'])).toBe('frontend and cart');
  expect(listOf(['a', 'b', 'c', 'd', 'e'])).toBe('a, b and 3 more');
});
