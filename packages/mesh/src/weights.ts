import type { VersionWeight } from './traffic-split.ts';

/** All sums are taken in hundredths of a percent, as whole numbers, so that 100 % is exactly 100 %. */
const whole = 10_000;

/**
 * Moves one version to `weight` and lets the others make room in proportion to what they have. Locked versions
 * keep their weight; the change is clamped to what the unlocked others can give or take. Unchanged when the
 * version is locked, unknown, or alone among locked ones.
 */
export function rebalance(
  weights: readonly VersionWeight[],
  version: string,
  weight: number,
  lockedVersions: readonly string[] = [],
): VersionWeight[] {
  const present = normalise(weights);
  const isOther = (entry: VersionWeight) => entry.version !== version;
  const isLocked = (entry: VersionWeight) => lockedVersions.includes(entry.version);
  const known = present.some((entry) => !isOther(entry));
  const movable = present.filter((entry) => isOther(entry) && !isLocked(entry));
  if (!known || lockedVersions.includes(version) || movable.length === 0) return present;

  const locked = present.filter((entry) => isOther(entry) && isLocked(entry));
  const free = whole - locked.reduce((sum, entry) => sum + hundredths(entry.weight), 0);
  const wanted = Math.min(free, hundredths(Math.max(0, weight)));
  const shares = apportion(
    movable.map((entry) => hundredths(entry.weight)),
    free - wanted,
  );
  const moved = new Map(movable.map((entry, index) => [entry.version, shares[index] ?? 0]));
  moved.set(version, wanted);
  return present.map((entry) => {
    const share = moved.get(entry.version);
    return share === undefined ? entry : { version: entry.version, weight: share / 100 };
  });
}

/** Scales weights to a sum of exactly 100, hundredths that cannot be divided to the first ones; weights that are not positive numbers count as none. */
export function normalise(weights: readonly VersionWeight[]): VersionWeight[] {
  const sane = weights.map(({ weight }) => (weight > 0 && weight < Number.POSITIVE_INFINITY ? weight : 0));
  const shares = apportion(sane, whole);
  return weights.map(({ version }, index) => ({ version, weight: (shares[index] ?? 0) / 100 }));
}

/** The weight of a version, 0 when it is not named. */
export function weightOf(weights: readonly VersionWeight[], version: string): number {
  return weights.find((entry) => entry.version === version)?.weight ?? 0;
}

function hundredths(weight: number): number {
  return Number.isFinite(weight) ? Math.round(weight * 100) : weight > 0 ? whole : 0;
}

/**
 * Divides `pool` whole units in proportion to `claims` by largest remainder (Hamilton); of equal remainders the
 * earlier wins. Claims that sum to the pool come back as they are. Without any claim the shares are equal.
 */
function apportion(claims: readonly number[], pool: number): number[] {
  const largest = Math.max(0, ...claims);
  // Dividing by the largest first keeps sums of huge claims finite.
  const scaled = largest > 0 ? claims.map((claim) => claim / largest) : claims.map(() => 1);
  const sum = scaled.reduce((a, b) => a + b, 0);
  // The tiny addition undoes floating-point error just below a whole number.
  const exact = scaled.map((claim) => (claim / sum) * pool + 1e-9);
  const shares = exact.map(Math.floor);
  const missing = pool - shares.reduce((a, b) => a + b, 0);
  const order = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) =>
      Math.abs(b.remainder - a.remainder) > 1e-6 ? b.remainder - a.remainder : a.index - b.index,
    );
  for (const { index } of order.slice(0, missing)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
