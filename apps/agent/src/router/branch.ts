import type { Backend } from '../balance/backend.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import type { Target } from './route-decision.ts';

/** One of several ways that weights decide between: a version of a service, or a backend of a rule. */
export interface Branch {
  /** The same on every agent and in every configuration: sticky choices are computed from it. */
  readonly name: string;
  readonly weight: number;
  /**
   * It names what does not exist. Requests of its weight fail, as Gateway API has it, rather than hide that behind the
   * others.
   */
  readonly isVoid: boolean;
  /** All there are, usable or not. */
  readonly backends: readonly Backend[];
  /** As `pick` gives one of them. */
  targetOn(backend: Backend): Target;
  /** Undefined when nothing is usable there now. */
  pick(request: PickRequest): Target | undefined;
  /** Whatever there is, usable or not. */
  pickAny(request: PickRequest): Target | undefined;
}

/** Which branch lies at `place` when the weights of all are laid end to end; there must be one. */
export function branchAt(branches: readonly Branch[], place: number): Branch {
  let left = place;
  for (const branch of branches) {
    if (left < branch.weight) return branch;
    left -= branch.weight;
  }
  // Only reached when the sum of the weights was rounded.
  return branches[branches.length - 1] as Branch;
}

export function totalWeight(branches: readonly Branch[]): number {
  return branches.reduce((sum, { weight }) => sum + weight, 0);
}
