import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HistogramCounts, histogramCountsSchema } from './agent-protocol.ts';
import {
  bucketRatio,
  countAbove,
  emptyCounts,
  Histogram,
  mean,
  mergeCounts,
  quantile,
  subtractCounts,
  total,
} from './histogram.ts';

const milliseconds = fc.double({ min: 0.002, max: 3_600_000, noNaN: true });
const samples = fc.array(milliseconds, { minLength: 1, maxLength: 200 });

function recorded(values: readonly number[]): HistogramCounts {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.counts();
}

test('a quantile is within one bucket of the exact one', () => {
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? 0;
      const ratio = (quantile(recorded(values), q) ?? 0) / exact;
      expect(ratio).toBeGreaterThan(1 / bucketRatio / 1.000001);
      expect(ratio).toBeLessThan(bucketRatio * 1.000001);
    }),
  );
});

test('subtracting what was merged gives back the rest', () => {
  fc.assert(
    fc.property(fc.array(milliseconds), fc.array(milliseconds), (left, right) => {
      const a = recorded(left);
      const b = recorded(right);
      const merged = mergeCounts(a, b);
      expect(total(merged)).toBe(left.length + right.length);
      expect({ ...subtractCounts(merged, b), sum: 0 }).toEqual({ ...a, sum: 0 });
      expect(mergeCounts(b, a).counts).toEqual(merged.counts);
    }),
  );
});

test('buckets include their upper bound and exclude the lower', () => {
  expect(recorded([1])).toEqual({ zero: 0, offset: -1, counts: [1], sum: 1 });
  expect(recorded([1.01])).toMatchObject({ offset: 0, counts: [1] });
  expect(recorded([2])).toMatchObject({ offset: 7, counts: [1] });
  expect(recorded([8, 8.01])).toMatchObject({ offset: 23, counts: [1, 1] });
});

test('the range is bounded and every form passes the protocol', () => {
  const extremes = recorded([0, -1, Number.NaN, 0.001, 0.0011, 1e12, Number.POSITIVE_INFINITY]);
  expect(histogramCountsSchema.parse(extremes)).toEqual(extremes);
  expect(extremes.zero).toBe(4);
  expect(total(extremes)).toBe(7);
  expect(extremes.counts.length).toBeLessThanOrEqual(512);
  expect(quantile(extremes, 1)).toBeCloseTo(3_600_000, -6);
});

test('an impossible difference is told apart', () => {
  expect(subtractCounts(recorded([5]), recorded([5, 5]))).toBeUndefined();
  expect(subtractCounts(recorded([0]), recorded([0, 0]))).toBeUndefined();
  expect(subtractCounts(recorded([5]), recorded([50]))).toBeUndefined();
  expect(subtractCounts(emptyCounts, emptyCounts)).toEqual(emptyCounts);
});

test('an empty histogram has no quantile and no mean', () => {
  expect(quantile(emptyCounts, 0.5)).toBeUndefined();
  expect(mean(emptyCounts)).toBeUndefined();
  const histogram = new Histogram();
  histogram.record(4);
  histogram.reset();
  expect(histogram.counts()).toEqual(emptyCounts);
});

test('values above a limit are counted', () => {
  const counts = recorded([10, 10, 100, 1000]);
  expect(countAbove(counts, 50)).toBe(2);
  expect(countAbove(counts, 5000)).toBe(0);
  expect(countAbove(counts, 0)).toBe(4);
  expect(mean(counts)).toBe(280);
});

test('after a reset nothing of before counts', () => {
  const histogram = new Histogram();
  for (const value of [0, 4, 100]) histogram.record(value);
  histogram.reset();
  histogram.record(8);
  expect(histogram.counts()).toEqual(recorded([8]));
});

test('the mean of a difference is that of what came between', () => {
  const difference = subtractCounts(recorded([4, 8, 1000]), recorded([8]));
  expect(difference && mean(difference)).toBeCloseTo(502, 6);
  expect(mean(mergeCounts(recorded([4]), recorded([8])))).toBe(6);
});

test('a limit that cuts through a bucket counts a part of its values', () => {
  const counts = recorded(Array(100).fill(10));
  const [low, high] = [2 ** (26 / 8), 2 ** (27 / 8)];
  expect(countAbove(counts, low)).toBeCloseTo(100, 6);
  expect(countAbove(counts, Math.sqrt(low * high))).toBeCloseTo(50, 6);
  expect(countAbove(counts, high)).toBeCloseTo(0, 6);
  expect(countAbove(recorded([0, 0, 10]), 0)).toBe(1);
});

test('values that count as zero have their ranks', () => {
  const counts = recorded([0, 0, 0, 10]);
  expect([quantile(counts, 0.5), quantile(counts, 0.75)]).toEqual([0, 0]);
  expect(quantile(counts, 0.76)).toBeCloseTo(10, 0);
  expect(mergeCounts(counts, recorded([0, 5])).zero).toBe(4);
});

test('ranks are counted through all buckets', () => {
  const counts = recorded([1, 10, 100, 1_000]);
  const [first = 0, second = 0, third = 0, fourth = 0] = [0.25, 0.5, 0.75, 1].map((q) => quantile(counts, q));
  expect([first, second / 10, third / 100, fourth / 1_000].map((value) => Math.round(value))).toEqual([
    1, 1, 1, 1,
  ]);
  expect(bucketRatio).toBeCloseTo(1.0905, 4);
});
