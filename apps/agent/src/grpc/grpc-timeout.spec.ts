import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatGrpcTimeout, parseGrpcTimeout } from './grpc-timeout.ts';

describe('grpc-timeout', () => {
  it.each([
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['10S', 10_000],
    ['250m', 250],
    ['1500u', 1.5],
    ['1n', 1e-6],
    ['0m', 0],
    ['99999999H', 99_999_999 * 3_600_000],
  ])('%s is %d ms', (value, ms) => {
    expect(parseGrpcTimeout(value)).toBe(ms);
  });

  it.each(['', 'S', '10', '10s', '1.5S', '-1S', '+1S', ' 1S', '1S ', '1 S', '123456789m', '1SS', '1h', '٣S'])(
    '%j is not one',
    (value) => {
      expect(parseGrpcTimeout(value)).toBeUndefined();
    },
  );

  it('is written so that it can be read, never longer and hardly shorter', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 3.6e9, noNaN: true }), (ms) => {
        const value = formatGrpcTimeout(ms);
        const read = parseGrpcTimeout(value) ?? Number.NaN;
        expect(value).toMatch(/^[1-9][0-9]{0,7}[HMSmun]$/);
        expect(read).toBeLessThanOrEqual(ms * (1 + 1e-15));
        expect(read).toBeGreaterThan(ms - Math.max(1.01e-6, ms * 1.01e-5));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [0, '1n'],
    [-5, '1n'],
    [50, '50000000n'],
    [250, '250000u'],
    [120_000, '120000m'],
    [1e9, '1000000S'],
    [1e15, '99999999S'],
  ])('%d ms is written %s', (ms, value) => {
    expect(formatGrpcTimeout(ms)).toBe(value);
  });
});
