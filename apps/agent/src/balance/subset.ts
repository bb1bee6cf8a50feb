import type { Endpoint } from '@tulle/mesh/service-view';
import { hash32, mix } from './hash.ts';

const SUBSET_SEED = 0x5b5e7;

/**
 * The endpoints of a version that the agent of `instance` uses: those with the lowest hash of both names (rendezvous,
 * Thaler and Ravishankar 1998). Agents need not know of one another. An endpoint that comes or goes changes at most one
 * place of each subset. How many agents use an endpoint is spread as by chance: with `a` agents about √(a · size / n)
 * around its mean; agents that are numbered could do better (Ward et al. 2022, "Rocksteadier"), but names are all that
 * survives when they come and go. Weights count inside of a subset, which makes them count once.
 */
export function subsetOf(
  endpoints: readonly Endpoint[],
  size: number,
  instance: string,
): readonly Endpoint[] {
  if (size === 0 || endpoints.length <= size) return endpoints;
  const own = hash32(instance, SUBSET_SEED);
  const ranked = endpoints.map((endpoint) => ({
    endpoint,
    rank: mix(own ^ hash32(endpoint.id, SUBSET_SEED)),
  }));
  ranked.sort((a, b) => a.rank - b.rank || (a.endpoint.id < b.endpoint.id ? -1 : 1));
  const chosen = new Set(ranked.slice(0, size).map(({ endpoint }) => endpoint));
  return endpoints.filter((endpoint) => chosen.has(endpoint));
}
