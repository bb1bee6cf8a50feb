import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedBuckets } from './keyed-buckets.ts';

const size = { perMs: 0.001, burst: 3 };

function takeAll(buckets: KeyedBuckets, value: string, now: number): number {
  let taken = 0;
  while (buckets.take(value, now) === 0) taken++;
  return taken;
}

describe('buckets by value', () => {
  it('are one for each value', () => {
    const buckets = new KeyedBuckets(size, 10, 0);
    expect(takeAll(buckets, 'a', 0)).toBe(3);
    expect(takeAll(buckets, 'b', 0)).toBe(3);
    expect(takeAll(buckets, 'a', 1_000)).toBe(1);
  });

  it('stay what they are while others come and go', () => {
    const buckets = new KeyedBuckets(size, 100, 0);
    expect(takeAll(buckets, 'mine', 0)).toBe(3);
    for (let index = 0; index < 10_000; index++) buckets.take(`other-${index}`, index / 10_000);
    expect(takeAll(buckets, 'mine', 1)).toBe(0);
  });

  it('never pass more than the most buckets and one would, whatever the values', () => {
    const event = fc.record({
      value: fc.integer({ min: 0, max: 30 }),
      afterMs: fc.integer({ min: 0, max: 500 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(event, { maxLength: 300 }), (most, events) => {
        const buckets = new KeyedBuckets(size, most, 0);
        let now = 0;
        let passed = 0;
        for (const { value, afterMs } of events) {
          now += afterMs;
          if (buckets.take(String(value), now) === 0) passed++;
          expect(buckets.count).toBeLessThanOrEqual(most);
        }
        expect(passed).toBeLessThanOrEqual((most + 1) * (size.burst + now * size.perMs));
      }),
    );
  });

  it('are forgotten once they are full again', () => {
    const buckets = new KeyedBuckets(size, 1_000, 0);
    for (let index = 0; index < 1_000; index++) buckets.take(`old-${index}`, 0);
    expect(buckets.count).toBe(1_000);
    for (let index = 0; index < 400; index++) buckets.take(`new-${index}`, 10_000);
    expect(buckets.count).toBeLessThanOrEqual(500);
  });

  it('tell long values apart', () => {
    const buckets = new KeyedBuckets(size, 10, 0);
    const long = 'x'.repeat(30_000);
    expect(takeAll(buckets, `${long}1`, 0)).toBe(3);
    expect(takeAll(buckets, `${long}2`, 0)).toBe(3);
    expect(takeAll(buckets, `${long}1`, 0)).toBe(0);
  });
});
