import type { Backend } from './backend.ts';
import { pickLeastLoaded } from './pick.ts';
import type { PickRequest } from './pick-request.ts';
import type { EvenSequence } from './sequence.ts';

/** A version's weight and its backends in one record, so that the two can never come apart. */
export interface Share {
  readonly version: string;
  readonly weight: number;
  readonly backends: readonly Backend[];
}

/**
 * Chooses a version by weight, then a backend inside it. A version that has no usable backend loses its
 * weight for that pick only. When none has, any backend with a weight is tried: refusing a request that
 * might have succeeded helps nobody.
 */
export class Split {
  private readonly shares: readonly Share[];
  private readonly all: readonly Backend[];
  private readonly sequence: EvenSequence;
  private readonly total: number;

  constructor(shares: readonly Share[], sequence: EvenSequence) {
    this.shares = shares.filter((share) => share.weight > 0 && share.backends.length > 0);
    this.all = this.shares.flatMap((share) => share.backends);
    this.total = this.shares.reduce((sum, share) => sum + share.weight, 0);
    this.sequence = sequence;
  }

  pick({ avoid, now }: PickRequest): Backend | undefined {
    if (this.all.length === 0) return undefined;
    const chosen = shareAt(this.shares, this.sequence.next() * this.total);
    const backend = pickLeastLoaded(chosen.backends, avoid, now);
    return backend ?? this.pickElsewhere(chosen, avoid, now) ?? this.pickAny(avoid);
  }

  /** The other versions by their weights, one after the other, each of which may turn out unusable. */
  private pickElsewhere(chosen: Share, avoid: Backend | undefined, now: number): Backend | undefined {
    let candidates = this.shares.filter((share) => share !== chosen);
    while (candidates.length > 0) {
      const total = candidates.reduce((sum, share) => sum + share.weight, 0);
      const share = shareAt(candidates, Math.random() * total);
      const backend = pickLeastLoaded(share.backends, avoid, now);
      if (backend !== undefined) return backend;
      candidates = candidates.filter((candidate) => candidate !== share);
    }
    return undefined;
  }

  private pickAny(avoid: Backend | undefined): Backend | undefined {
    const others = this.all.filter((backend) => backend !== avoid);
    const from = others.length > 0 ? others : this.all;
    return from[Math.floor(Math.random() * from.length)];
  }
}

/** Which share lies at `place` when all are laid end to end. */
function shareAt(shares: readonly Share[], place: number): Share {
  let left = place;
  for (const share of shares) {
    if (left < share.weight) return share;
    left -= share.weight;
  }
  // Only reached when the sum of the weights was rounded.
  return shares[shares.length - 1] as Share;
}
