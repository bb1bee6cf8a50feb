import type { HistogramCounts, SeriesCounters } from '@tulle/mesh/agent-protocol';
import type { Counters } from './store.ts';

/**
 * Counts that are added up in place. The number of requests is the sum of the outcomes; latency is a sparse
 * histogram as in the agent protocol, its sum in whole microseconds, so that differences add up exactly.
 */
export interface Sums {
  ok: number;
  clientErrors: number;
  serverErrors: number;
  meshErrors: number;
  retries: number;
  bytesSent: number;
  bytesReceived: number;
  codes: Map<string, number> | undefined;
  zero: number;
  sumUs: number;
  offset: number;
  counts: number[];
}

export function emptySums(): Sums {
  return {
    ok: 0,
    clientErrors: 0,
    serverErrors: 0,
    meshErrors: 0,
    retries: 0,
    bytesSent: 0,
    bytesReceived: 0,
    codes: undefined,
    zero: 0,
    sumUs: 0,
    offset: 0,
    counts: [],
  };
}

export function requestsOf(sums: Sums): number {
  return sums.ok + sums.clientErrors + sums.serverErrors + sums.meshErrors;
}

/** The values OpenTelemetry's scale 3 has for 1 µs to an hour; others are counted in the nearest. */
const minIndex = -80;
const maxIndex = 176;

/** An agent's cumulative counters in our form. */
export function sumsOf(series: SeriesCounters): Sums {
  const { zero, offset, counts, sum } = series.latency;
  const inRange = offset >= minIndex && offset + counts.length - 1 <= maxIndex;
  return {
    ok: series.ok,
    clientErrors: series.clientErrors,
    serverErrors: series.serverErrors,
    meshErrors: series.meshErrors,
    retries: series.retries,
    bytesSent: series.bytesSent,
    bytesReceived: series.bytesReceived,
    codes: series.meshErrors > 0 ? codesOf(series.meshErrorCodes) : undefined,
    zero,
    sumUs: Math.round(sum * 1_000),
    ...(inRange ? { offset, counts } : clamped(offset, counts)),
  };
}

const maxCodes = 40;
const codePattern = /^[a-z][a-z0-9_]*$/;

/** Codes come from outside: whatever is no code of ours, or one too many, counts as `other`. */
function codesOf(codes: Readonly<Record<string, number>>): Map<string, number> {
  const known = new Map<string, number>();
  for (const [code, count] of Object.entries(codes)) {
    const name = codePattern.test(code) && known.size < maxCodes ? code : 'other';
    known.set(name, (known.get(name) ?? 0) + count);
  }
  return known;
}

function clamped(offset: number, counts: readonly number[]): { offset: number; counts: number[] } {
  const moved = { offset: 0, counts: [] };
  for (const [slot, count] of counts.entries()) {
    if (count > 0) addCounts(moved, Math.min(maxIndex, Math.max(minIndex, offset + slot)), [count]);
  }
  return moved;
}

export function addSums(target: Sums, sums: Sums): void {
  target.ok += sums.ok;
  target.clientErrors += sums.clientErrors;
  target.serverErrors += sums.serverErrors;
  target.meshErrors += sums.meshErrors;
  target.retries += sums.retries;
  target.bytesSent += sums.bytesSent;
  target.bytesReceived += sums.bytesReceived;
  target.zero += sums.zero;
  target.sumUs += sums.sumUs;
  if (sums.counts.length > 0) addCounts(target, sums.offset, sums.counts);
  if (sums.codes !== undefined) {
    target.codes ??= new Map();
    for (const [code, count] of sums.codes) target.codes.set(code, (target.codes.get(code) ?? 0) + count);
  }
}

function addCounts(
  target: { offset: number; counts: number[] },
  offset: number,
  counts: readonly number[],
): void {
  if (target.counts.length === 0) {
    target.offset = offset;
    target.counts = counts.slice();
    return;
  }
  if (offset < target.offset) {
    target.counts = [...new Array<number>(target.offset - offset).fill(0), ...target.counts];
    target.offset = offset;
  }
  const into = target.counts;
  const shift = offset - target.offset;
  while (into.length < shift + counts.length) into.push(0);
  for (let slot = 0; slot < counts.length; slot++) {
    into[shift + slot] = (into[shift + slot] ?? 0) + (counts[slot] ?? 0);
  }
}

/** What came between two readings of cumulative counters; undefined when anything has shrunk. */
export function subtractSums(now: Sums, before: Sums): Sums | undefined {
  const difference: Sums = {
    ok: now.ok - before.ok,
    clientErrors: now.clientErrors - before.clientErrors,
    serverErrors: now.serverErrors - before.serverErrors,
    meshErrors: now.meshErrors - before.meshErrors,
    retries: now.retries - before.retries,
    bytesSent: now.bytesSent - before.bytesSent,
    bytesReceived: now.bytesReceived - before.bytesReceived,
    codes: undefined,
    zero: now.zero - before.zero,
    // The agent's sum is a floating-point number: its last digit may go back.
    sumUs: Math.max(0, now.sumUs - before.sumUs),
    offset: 0,
    counts: [],
  };
  const { ok, clientErrors, serverErrors, meshErrors, retries, bytesSent, bytesReceived, zero } = difference;
  if (Math.min(ok, clientErrors, serverErrors, meshErrors, retries, bytesSent, bytesReceived, zero) < 0) {
    return undefined;
  }
  if (!subtractCounts(difference, now, before)) return undefined;
  if (meshErrors > 0) difference.codes = subtractCodes(now.codes, before.codes);
  return difference;
}

/** Leaves out the empty buckets at both ends; false when a bucket has shrunk. */
function subtractCounts(difference: Sums, now: Sums, before: Sums): boolean {
  let first = -1;
  let last = -1;
  const shift = now.offset - before.offset;
  for (let slot = 0; slot < now.counts.length; slot++) {
    const count = (now.counts[slot] ?? 0) - (before.counts[slot + shift] ?? 0);
    if (count < 0) return false;
    if (count === 0) continue;
    if (first === -1) first = slot;
    last = slot;
  }
  // Buckets of before that now has not at all.
  for (let slot = 0; slot < before.counts.length; slot++) {
    const inNow = slot - shift;
    if ((inNow < 0 || inNow >= now.counts.length) && (before.counts[slot] ?? 0) > 0) return false;
  }
  if (first === -1) return true;
  difference.offset = now.offset + first;
  for (let slot = first; slot <= last; slot++) {
    difference.counts.push((now.counts[slot] ?? 0) - (before.counts[slot + shift] ?? 0));
  }
  return true;
}

function subtractCodes(
  now: Map<string, number> | undefined,
  before: Map<string, number> | undefined,
): Map<string, number> | undefined {
  if (now === undefined) return undefined;
  const difference = new Map<string, number>();
  for (const [code, count] of now) {
    const more = count - (before?.get(code) ?? 0);
    if (more > 0) difference.set(code, more);
  }
  return difference;
}

/** Cuts counts into equal slices of whole numbers, none lost: slice k gets what falls between k/n and (k+1)/n. */
export function sliceSums(sums: Sums, slice: number, slices: number): Sums {
  const cut = (value: number) =>
    Math.floor((value * (slice + 1)) / slices) - Math.floor((value * slice) / slices);
  const codes = sums.codes && new Map([...sums.codes].map(([code, count]) => [code, cut(count)]));
  return {
    ok: cut(sums.ok),
    clientErrors: cut(sums.clientErrors),
    serverErrors: cut(sums.serverErrors),
    meshErrors: cut(sums.meshErrors),
    retries: cut(sums.retries),
    bytesSent: cut(sums.bytesSent),
    bytesReceived: cut(sums.bytesReceived),
    codes,
    zero: cut(sums.zero),
    sumUs: cut(sums.sumUs),
    offset: sums.offset,
    counts: sums.counts.map(cut),
  };
}

export function isEmptySums(sums: Sums): boolean {
  return requestsOf(sums) === 0 && sums.retries === 0 && sums.bytesSent === 0 && sums.bytesReceived === 0;
}

export function latencyOf(sums: Sums): HistogramCounts {
  return { zero: sums.zero, offset: sums.offset, counts: sums.counts, sum: sums.sumUs / 1_000 };
}

export function countersOf(sums: Sums): Counters {
  return {
    requests: requestsOf(sums),
    ok: sums.ok,
    clientErrors: sums.clientErrors,
    serverErrors: sums.serverErrors,
    meshErrors: sums.meshErrors,
    meshErrorCodes: Object.fromEntries(sums.codes ?? []),
    retries: sums.retries,
    bytesSent: sums.bytesSent,
    bytesReceived: sums.bytesReceived,
    latency: latencyOf(sums),
  };
}
