/** An interval of shares or of differences of shares, each of 0 to 1 (or -1 to 1). */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Standard normal quantiles of two-sided confidence. */
export const z99 = 2.5758;
export const z999 = 3.2905;

/** Wilson score interval of a share (E. B. Wilson 1927): sound for few trials and for shares near 0 and 1. */
export function shareInterval(hits: number, trials: number, z: number): Interval {
  if (trials <= 0) return { low: 0, high: 1 };
  const share = hits / trials;
  const shrink = 1 + (z * z) / trials;
  const centre = (share + (z * z) / (2 * trials)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/**
 * Interval of the difference a - b of two shares by Newcombe's hybrid score method (R. G. Newcombe, Statistics in
 * Medicine 17, 1998, method 10): built from the Wilson intervals of both, so it does not claim certainty when one
 * arm has had no error yet.
 */
export function differenceInterval(
  a: { hits: number; trials: number },
  b: { hits: number; trials: number },
  z: number,
): Interval {
  if (a.trials <= 0 || b.trials <= 0) return { low: -1, high: 1 };
  const [shareA, shareB] = [a.hits / a.trials, b.hits / b.trials];
  const rangeA = shareInterval(a.hits, a.trials, z);
  const rangeB = shareInterval(b.hits, b.trials, z);
  const difference = shareA - shareB;
  return {
    low: difference - Math.hypot(shareA - rangeA.low, rangeB.high - shareB),
    high: difference + Math.hypot(rangeA.high - shareA, shareB - rangeB.low),
  };
}
