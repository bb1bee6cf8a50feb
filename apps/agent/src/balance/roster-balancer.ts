import type { Backend } from './backend.ts';
import type { Balancer, Random } from './balancer.ts';
import type { Candidates } from './candidates.ts';
import type { PickRequest } from './pick-request.ts';
import type { Roster } from './roster.ts';

/** A way to choose among those that can be chosen. */
export interface Algorithm {
  /** Undefined when there is none, or none but the one to avoid. */
  choose(candidates: Candidates, request: PickRequest): Backend | undefined;
}

/** Own zone or another, then by the algorithm. */
export class RosterBalancer implements Balancer {
  private readonly roster: Roster;
  private readonly algorithm: Algorithm;
  private readonly random: Random;

  constructor(roster: Roster, algorithm: Algorithm, random: Random) {
    this.roster = roster;
    this.algorithm = algorithm;
    this.random = random;
  }

  pick(request: PickRequest): Backend | undefined {
    const { roster, algorithm } = this;
    roster.update(request.now);
    const { near, far, nearShare } = roster;
    const staysNear = nearShare === 1 || this.random() < nearShare;
    return staysNear
      ? (algorithm.choose(near, request) ?? algorithm.choose(far, request))
      : (algorithm.choose(far, request) ?? algorithm.choose(near, request));
  }
}
