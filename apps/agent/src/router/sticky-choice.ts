import { hash32, mix, unitInterval } from '../balance/hash.ts';
import type { KeyReader } from '../balance/hash-key.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import type { Branch } from './branch.ts';
import type { Destination, Target } from './route-decision.ts';

/** Names the answer to a request that its own version could not take. */
export const movedField = 'x-tulle-sticky: moved\r\n';
/** Apart from the hash that chooses an endpoint inside of the version. */
const SEED = 0x5717c4;
const HALF_A_STEP = 2 ** -33;

interface Place {
  readonly branch: Branch;
  readonly seed: number;
}

/**
 * The same key always goes to the same branch, on every agent and without anything being stored: weighted rendezvous
 * hashing (Schindelhauer and Schomaker 2005). A key draws one exponential clock for each branch, faster with its weight,
 * and takes the first to ring. So a branch that gains against all others loses nobody, and what it gains, it takes from
 * those that lose.
 */
export class StickyChoice implements Destination {
  private readonly keyOf: KeyReader;
  private readonly places: readonly Place[];
  private readonly withoutKey: Destination;
  private readonly moved = new Map<Target, Target>();

  /** Requests without the key go by `withoutKey`. */
  constructor(keyOf: KeyReader, branches: readonly Branch[], withoutKey: Destination) {
    this.keyOf = keyOf;
    this.places = branches
      .filter(({ weight }) => weight > 0)
      .map((branch) => ({ branch, seed: hash32(branch.name, SEED) }));
    this.withoutKey = withoutKey;
  }

  pick(request: PickRequest): Target | undefined {
    const key = this.keyOf(request);
    if (key === undefined || key === '') return this.withoutKey.pick(request);
    const hash = hash32(key, SEED);
    const chosen = this.next(hash, Number.NEGATIVE_INFINITY);
    if (chosen === undefined || chosen.branch.isVoid) return undefined;
    return (
      chosen.branch.pick(request) ??
      this.pickElsewhere(hash, chosen, request) ??
      chosen.branch.pickAny(request)
    );
  }

  /** In the key's own order, so that while a version is away its users stay together, too. */
  private pickElsewhere(hash: number, chosen: Place, request: PickRequest): Target | undefined {
    let place = this.next(hash, ringsAt(hash, chosen));
    while (place !== undefined) {
      const target = place.branch.isVoid ? undefined : place.branch.pick(request);
      if (target !== undefined) return this.asMoved(target);
      place = this.next(hash, ringsAt(hash, place));
    }
    return undefined;
  }

  /** The first to ring after a time. */
  private next(hash: number, after: number): Place | undefined {
    let first: Place | undefined;
    let earliest = Number.POSITIVE_INFINITY;
    for (const place of this.places) {
      const at = ringsAt(hash, place);
      if (at <= after || at >= earliest) continue;
      first = place;
      earliest = at;
    }
    return first;
  }

  private asMoved(target: Target): Target {
    const known = this.moved.get(target);
    if (known !== undefined) return known;
    const { backend, request, response } = target;
    const removed = response?.removed;
    const made = { backend, request, response: { removed, added: (response?.added ?? '') + movedField } };
    this.moved.set(target, made);
    return made;
  }
}

function ringsAt(hash: number, { branch, seed }: Place): number {
  return -Math.log(unitInterval(mix(hash ^ seed)) + HALF_A_STEP) / branch.weight;
}
