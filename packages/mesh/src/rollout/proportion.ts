/** An interval of shares or of differences of shares, each of 0 to 1 (or -1 to 1). */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** How sure one has to be: the standard normal quantile of the two-sided confidence, and the share of each tail. */
export interface Confidence {
  readonly z: number;
  readonly tail: number;
}
export const sure99: Confidence = { z: 2.5758, tail: 0.005 };
export const sure999: Confidence = { z: 3.2905, tail: 0.0005 };

/**
 * Whether the share behind `hits` of `trials` surely exceeds `limit`: whether so many hits would be rarer than the tail
 * if it did not. An exact binomial test (Clopper and Pearson 1934), since approximations call two errors among the first
 * twenty requests a proof.
 */
export function surelyExceeds(hits: number, trials: number, limit: number, { tail }: Confidence): boolean {
  return binomialTail(Math.floor(hits), trials, limit) < tail;
}

/** The probability of at least `hits` among `trials` of chance `share`; 1 where it is more likely than not. */
export function binomialTail(hits: number, trials: number, share: number): number {
  if (hits <= 0 || hits <= trials * share) return 1;
  const logChoose = logFactorial(trials) - logFactorial(hits) - logFactorial(trials - hits);
  let term = Math.exp(logChoose + hits * Math.log(share) + (trials - hits) * Math.log1p(-share));
  let sum = 0;
  // Above the mean each term is smaller than the one before, so few of them matter however many trials there are.
  for (let count = hits; count <= trials && term > sum * 1e-12; count++) {
    sum += term;
    term *= ((trials - count) / (count + 1)) * (share / (1 - share));
  }
  return sum;
}

/** Stirling's series, from 20 on exact to ten digits. */
function logFactorial(n: number): number {
  if (n < 20) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3);
}

/** Wilson score interval of a share (E. B. Wilson 1927): sound for few trials and for shares near 0 and 1. */
function shareInterval(hits: number, trials: number, z: number): Interval {
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
  { z }: Confidence,
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
