const firstMs = 100;
const longestMs = 10_000;

/**
 * How long to wait before the attempt after `failures` failures: anything up to a bound that doubles from 100 ms to
 * 10 s. Full jitter spreads a whole mesh over the bound when the API comes back.
 */
export function fullJitter(failures: number, random: number = Math.random()): number {
  return random * Math.min(longestMs, firstMs * 2 ** Math.min(failures, 20));
}
