import type { PickRequest } from '../balance/pick-request.ts';
import type { EvenSequence } from '../balance/sequence.ts';
import { type Branch, branchAt, totalWeight } from './branch.ts';
import type { Destination, Target } from './route-decision.ts';

/** Chooses among the backends of a rule. One without a usable endpoint loses its weight for that pick only. */
export class WeightedChoice implements Destination {
  private readonly branches: readonly Branch[];
  private readonly sequence: EvenSequence;
  private readonly total: number;

  constructor(branches: readonly Branch[], sequence: EvenSequence) {
    this.branches = branches.filter(({ weight }) => weight > 0);
    this.sequence = sequence;
    this.total = totalWeight(this.branches);
  }

  pick(request: PickRequest): Target | undefined {
    if (this.total === 0) return undefined;
    const chosen = branchAt(this.branches, this.sequence.next() * this.total);
    if (chosen.isVoid) return undefined;
    return chosen.pick(request) ?? this.pickElsewhere(chosen, request) ?? chosen.pickAny(request);
  }

  private pickElsewhere(chosen: Branch, request: PickRequest): Target | undefined {
    let others = this.branches.filter((branch) => branch !== chosen && !branch.isVoid);
    while (others.length > 0) {
      const branch = branchAt(others, Math.random() * totalWeight(others));
      const target = branch.pick(request);
      if (target !== undefined) return target;
      others = others.filter((other) => other !== branch);
    }
    return undefined;
  }
}
