import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packer, Unpacker } from './packing.ts';
import { addSums, emptySums, type Sums, sliceSums, subtractSums, sumsOf } from './sums.ts';

const count = fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 1e6 }), fc.maxSafeNat());
const smallCount = fc.nat({ max: 1_000_000 });

function arbitrarySums(number: fc.Arbitrary<number>): fc.Arbitrary<Sums> {
  return fc
    .record({
      ...{ ok: number, clientErrors: number, serverErrors: number, meshErrors: number, retries: number },
      ...{ bytesSent: number, bytesReceived: number, zero: number, sumUs: number },
      codes: fc.uniqueArray(fc.constantFrom('timeout', 'connect_failed', 'no_endpoint'), { minLength: 1 }),
      offset: fc.integer({ min: -80, max: 100 }),
      counts: fc.array(number, { maxLength: 30 }),
    })
    .map((sums) => ({
      ...sums,
      offset: sums.counts.length === 0 ? 0 : sums.offset,
      codes: sums.meshErrors > 0 ? new Map(sums.codes.map((code) => [code, 1])) : undefined,
    }));
}

/** The same sums, whatever empty buckets stand at their ends. */
function normal(sums: Sums): Sums {
  let first = 0;
  let end = sums.counts.length;
  while (first < end && sums.counts[first] === 0) first++;
  while (end > first && sums.counts[end - 1] === 0) end--;
  const counts = sums.counts.slice(first, end);
  const codes = new Map([...(sums.codes ?? [])].filter(([, number]) => number > 0).sort());
  return { ...sums, codes, counts, offset: counts.length === 0 ? 0 : sums.offset + first };
}

test('unpacks what was packed', () => {
  fc.assert(
    fc.property(fc.array(arbitrarySums(count), { maxLength: 5 }), (all) => {
      const packer = new Packer();
      for (const sums of all) packer.sums(sums);
      const unpacker = new Unpacker(packer.take());
      expect(all.map(() => unpacker.sums())).toEqual(all);
      expect(unpacker.done).toBe(true);
    }),
  );
});

test('a difference added to what was before gives what is now', () => {
  fc.assert(
    fc.property(arbitrarySums(smallCount), arbitrarySums(smallCount), (before, more) => {
      const now = emptySums();
      addSums(now, before);
      addSums(now, more);
      const difference = subtractSums(now, before);
      expect(difference && normal(difference)).toEqual(normal(more));
    }),
  );
});

test('slices add up to the whole', () => {
  fc.assert(
    fc.property(arbitrarySums(smallCount), fc.integer({ min: 1, max: 60 }), (whole, slices) => {
      const total = emptySums();
      for (let slice = 0; slice < slices; slice++) addSums(total, sliceSums(whole, slice, slices));
      expect(normal(total)).toEqual(normal(whole));
    }),
  );
});

test('counters that shrink belong to something else', () => {
  const before = { ...emptySums(), ok: 5, counts: [2, 3], offset: 4 };
  expect(subtractSums({ ...before, ok: 4 }, before)).toBeUndefined();
  expect(subtractSums({ ...before, counts: [2, 2] }, before)).toBeUndefined();
  expect(subtractSums({ ...before, counts: [3], offset: 5 }, before)).toBeUndefined();
  expect(subtractSums({ ...before, counts: [2], offset: 4 }, before)).toBeUndefined();
});

test('buckets out of range and unknown codes are counted in the nearest and as other', () => {
  const sums = sumsOf({
    ...{ side: 'outbound', source: 'a', destination: 'b', version: 'v1', tls: true },
    ...{ requests: 9, ok: 0, clientErrors: 0, serverErrors: 0, meshErrors: 9, retries: 0 },
    ...{ bytesSent: 0, bytesReceived: 0 },
    meshErrorCodes: { timeout: 4, '<b>': 5 },
    latency: { zero: 0, offset: 900, counts: [4, 5], sum: 1.5 },
  });
  expect(sums).toMatchObject({ offset: 176, counts: [9], sumUs: 1_500 });
  expect(sums.codes).toEqual(
    new Map([
      ['timeout', 4],
      ['other', 5],
    ]),
  );
});
