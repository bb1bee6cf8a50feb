import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

const sizes = fc
  .record({
    requests: fc.integer({ min: 1, max: 10_000_000 }),
    everyMs: fc.integer({ min: 1, max: 86_400_000 }),
    burst: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 1_000 })),
  })
  .map(({ requests, everyMs, burst }) => ({ perMs: requests / everyMs, burst }));

/** Times since start-up of up to a year, with pauses that fit the rate or do not. */
const start = fc.double({ min: 0, max: 3e10, noNaN: true });
const pauses = fc.array(
  fc.oneof(
    fc.constant(0),
    fc.double({ min: 0, max: 3, noNaN: true }),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
  ),
  { maxLength: 200 },
);

describe('a token bucket', () => {
  it('passes no more than the burst and the rate over any time', () => {
    fc.assert(
      fc.property(sizes, start, pauses, (size, from, waits) => {
        const bucket = new TokenBucket(size, from);
        const passed: number[] = [];
        let now = from;
        for (const wait of waits) {
          // Pauses in units of tokens, so that every rate meets its edge.
          now += wait / size.perMs;
          if (bucket.take(size, now) === 0) passed.push(now);
        }
        passed.forEach((first, index) => {
          passed.slice(index).forEach((last, more) => {
            expect(more + 1).toBeLessThanOrEqual(size.burst + (last - first) * size.perMs + 1e-3);
          });
        });
      }),
      { numRuns: 50 },
    );
  });

  it('says exactly how long to wait', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const emptied = () => {
          const bucket = new TokenBucket(size, 0);
          while (bucket.take(size, 0) === 0);
          return bucket;
        };
        const waitMs = emptied().take(size, 0);
        expect(emptied().take(size, waitMs * 0.999)).toBeGreaterThan(0);
        expect(emptied().take(size, waitMs)).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives the whole rate to whoever asks all the time', () => {
    const size = { perMs: 0.1, burst: 10 };
    const bucket = new TokenBucket(size, 0);
    let passed = 0;
    for (let now = 0; now < 100_000; now += 0.5) if (bucket.take(size, now) === 0) passed++;
    expect(passed).toBeGreaterThanOrEqual(10_008);
    expect(passed).toBeLessThanOrEqual(10_010);
  });

  it('neither fills nor empties when the clock goes back', () => {
    const size = { perMs: 1, burst: 2 };
    const bucket = new TokenBucket(size, 1_000);
    expect(bucket.take(size, 1_000)).toBe(0);
    expect(bucket.take(size, 10)).toBe(0);
    expect(bucket.take(size, 20)).toBe(1);
    expect(bucket.take(size, 1_001)).toBe(0);
  });
});
