import type { Backend } from './backend.ts';

/**
 * Power of two choices among the available backends (Mitzenmacher): the less loaded of two drawn at random.
 * `avoid` is one that has just failed this request; it is taken only when there is no other.
 */
export function pickLeastLoaded(
  backends: readonly Backend[],
  avoid: Backend | undefined,
  now: number,
): Backend | undefined {
  if (backends.length === 1) {
    const only = backends[0] as Backend;
    return only !== avoid && only.isAvailable(now) ? only : undefined;
  }
  const first = drawAvailable(backends, avoid, undefined, now);
  if (first === undefined) return undefined;
  const second = drawAvailable(backends, avoid, first, now);
  return second === undefined || first.load(now) <= second.load(now) ? first : second;
}

/** Starts at a random place and takes the first that may be used. */
function drawAvailable(
  backends: readonly Backend[],
  avoid: Backend | undefined,
  other: Backend | undefined,
  now: number,
): Backend | undefined {
  const count = backends.length;
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step++) {
    const backend = backends[(start + step) % count] as Backend;
    if (backend !== avoid && backend !== other && backend.isAvailable(now)) return backend;
  }
  return undefined;
}
