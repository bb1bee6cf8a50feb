import type { Backend } from './backend.ts';
import type { PickRequest } from './pick-request.ts';

/**
 * One of these although none is usable: refusing a request that might have succeeded helps nobody. One that answered
 * badly is likelier to answer than one that nobody listens at.
 */
export function pickAnyway(
  backends: readonly Backend[],
  { avoid, now }: PickRequest,
  random: () => number = Math.random,
): Backend | undefined {
  const others = backends.filter((backend) => backend !== avoid);
  const reachable = others.filter((backend) => backend.isReachable(now));
  if (reachable.length > 0) return anyOf(reachable, random);
  if (avoid?.isAvailable(now) === true && backends.includes(avoid)) return avoid;
  return anyOf(others.length > 0 ? others : backends, random);
}

function anyOf(backends: readonly Backend[], random: () => number): Backend | undefined {
  return backends[Math.floor(random() * backends.length)];
}
