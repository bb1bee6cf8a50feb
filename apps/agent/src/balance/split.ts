import { loadBalancerSchema } from '@tulle/mesh/load-balancer';
import type { Backend } from './backend.ts';
import type { Balancer } from './balancer.ts';
import { compileBalancer } from './compile-balancer.ts';
import { pickAnyway } from './pick-anyway.ts';
import type { PickRequest } from './pick-request.ts';
import { anySeed, quickRandom } from './quick-random.ts';
import type { EvenSequence } from './sequence.ts';

/** A version's weight and its backends in one record, so that the two can never come apart. */
export interface Share {
  readonly version: string;
  readonly weight: number;
  readonly backends: readonly Backend[];
  /** Chooses among the backends; absent for the default one. */
  readonly balancer?: Balancer;
}

export interface CompiledShare extends Share {
  readonly balancer: Balancer;
}

const defaultBalancing = loadBalancerSchema.parse({});

/**
 * Chooses a version by weight, then a backend inside it. A version that has no usable backend loses its
 * weight for that pick only. When none has, any backend with a weight is tried.
 */
export class Split {
  private readonly shares: readonly CompiledShare[];
  /** Those that weights lead to. */
  readonly backends: readonly Backend[];
  private readonly sequence: EvenSequence;
  private readonly total: number;

  constructor(shares: readonly Share[], sequence: EvenSequence) {
    this.shares = shares
      .filter(({ weight, backends }) => weight > 0 && backends.length > 0)
      .map(compileShare);
    this.backends = this.shares.flatMap((share) => share.backends);
    this.total = this.shares.reduce((sum, share) => sum + share.weight, 0);
    this.sequence = sequence;
  }

  pick(request: PickRequest): Backend | undefined {
    const [only] = this.shares;
    if (only === undefined) return undefined;
    const chosen = this.shares.length === 1 ? only : shareAt(this.shares, this.sequence.next() * this.total);
    return (
      chosen.balancer.pick(request) ??
      this.pickElsewhere(chosen, request) ??
      pickAnyway(this.backends, request)
    );
  }

  /** The other versions by their weights, one after the other, each of which may turn out unusable. */
  private pickElsewhere(chosen: CompiledShare, request: PickRequest): Backend | undefined {
    let candidates = this.shares.filter((share) => share !== chosen);
    while (candidates.length > 0) {
      const total = candidates.reduce((sum, share) => sum + share.weight, 0);
      const share = shareAt(candidates, Math.random() * total);
      const backend = share.balancer.pick(request);
      if (backend !== undefined) return backend;
      candidates = candidates.filter((candidate) => candidate !== share);
    }
    return undefined;
  }
}

function compileShare(share: Share): CompiledShare {
  return {
    ...share,
    balancer: share.balancer ?? compileBalancer(share.backends, defaultBalancing, '', quickRandom(anySeed())),
  };
}

/** Which share lies at `place` when all are laid end to end. */
function shareAt<S extends Share>(shares: readonly S[], place: number): S {
  let left = place;
  for (const share of shares) {
    if (left < share.weight) return share;
    left -= share.weight;
  }
  // Only reached when the sum of the weights was rounded.
  return shares[shares.length - 1] as S;
}
