import type { HistogramCounts } from './agent-protocol.ts';

/**
 * Latency histograms with OpenTelemetry's base-2 exponential buckets at scale 3 (data model, "ExponentialHistogram"):
 * bucket i holds (2^(i/8), 2^((i+1)/8)] ms, so a value is known to within 9 %. Values at most 1 µs count as zero,
 * values over an hour as an hour.
 */
const bucketsPerOctave = 8;
const minMs = 0.001;
const maxMs = 3_600_000;
const minIndex = indexOf(minMs);
const maxIndex = indexOf(maxMs);

/** How much a bucket's upper bound exceeds its lower one: 2^(1/8), about 1.09. */
export const bucketRatio = 2 ** (1 / bucketsPerOctave);

export const emptyCounts: HistogramCounts = { zero: 0, offset: 0, counts: [], sum: 0 };

function indexOf(ms: number): number {
  return Math.ceil(Math.log2(ms) * bucketsPerOctave) - 1;
}

function lowerBound(index: number): number {
  return 2 ** (index / bucketsPerOctave);
}

/** Records on the data path: one typed array, no allocation. */
export class Histogram {
  readonly #buckets = new Float64Array(maxIndex - minIndex + 1);
  #zero = 0;
  #sum = 0;

  record(ms: number): void {
    if (!(ms > minMs)) {
      this.#zero++;
      return;
    }
    const bounded = ms < maxMs ? ms : maxMs;
    const slot = indexOf(bounded) - minIndex;
    this.#buckets[slot] = (this.#buckets[slot] ?? 0) + 1;
    this.#sum += bounded;
  }

  counts(): HistogramCounts {
    return sparse(this.#zero, minIndex, this.#buckets, this.#sum);
  }

  reset(): void {
    this.#buckets.fill(0);
    this.#zero = 0;
    this.#sum = 0;
  }
}

export function total(counts: HistogramCounts): number {
  return counts.counts.reduce((sum, count) => sum + count, counts.zero);
}

/** Mean in ms; undefined when empty. */
export function mean(counts: HistogramCounts): number | undefined {
  const requests = total(counts);
  return requests === 0 ? undefined : counts.sum / requests;
}

export function mergeCounts(a: HistogramCounts, b: HistogramCounts): HistogramCounts {
  return combine(a, b, 1);
}

/**
 * What was recorded between two readings of one cumulative histogram. Undefined when a bucket has shrunk, which
 * is impossible within one epoch: the readings do not belong together.
 */
export function subtractCounts(now: HistogramCounts, before: HistogramCounts): HistogramCounts | undefined {
  const difference = combine(now, before, -1);
  if (difference.zero < 0 || difference.counts.some((count) => count < 0)) return undefined;
  return difference;
}

/**
 * The value in ms at or below which a share q (0 to 1) of the values lie; undefined when empty. Inside a bucket the
 * values are taken to be spread evenly on the logarithmic scale.
 */
export function quantile(counts: HistogramCounts, q: number): number | undefined {
  const values = total(counts);
  if (values === 0) return undefined;
  const rank = Math.min(values, Math.max(1, Math.ceil(q * values)));
  let below = counts.zero;
  if (rank <= below) return 0;
  for (const [slot, count] of counts.counts.entries()) {
    if (rank <= below + count) {
      const place = (rank - below - 0.5) / count;
      return lowerBound(counts.offset + slot + place);
    }
    below += count;
  }
  return lowerBound(counts.offset + counts.counts.length);
}

/** How many values lie above `ms`; a fraction where the limit cuts through a bucket. */
export function countAbove(counts: HistogramCounts, ms: number): number {
  const limit = Math.log2(ms) * bucketsPerOctave - counts.offset;
  return counts.counts.reduce(
    (above, count, slot) => above + count * Math.min(1, Math.max(0, slot + 1 - limit)),
    0,
  );
}

function combine(a: HistogramCounts, b: HistogramCounts, sign: 1 | -1): HistogramCounts {
  const first = Math.min(a.offset, b.offset);
  const end = Math.max(a.offset + a.counts.length, b.offset + b.counts.length);
  const buckets = new Float64Array(end - first);
  for (const [slot, count] of a.counts.entries()) buckets[a.offset + slot - first] = count;
  for (const [slot, count] of b.counts.entries()) {
    const place = b.offset + slot - first;
    buckets[place] = (buckets[place] ?? 0) + sign * count;
  }
  return sparse(a.zero + sign * b.zero, first, buckets, Math.max(0, a.sum + sign * b.sum));
}

/** Drops the empty buckets at both ends, so that equal histograms have equal forms. */
function sparse(zero: number, firstIndex: number, buckets: Float64Array, sum: number): HistogramCounts {
  let first = 0;
  let end = buckets.length;
  while (first < end && buckets[first] === 0) first++;
  while (end > first && buckets[end - 1] === 0) end--;
  if (first === end) return { zero, offset: 0, counts: [], sum: 0 };
  return { zero, offset: firstIndex + first, counts: Array.from(buckets.subarray(first, end)), sum };
}
