import type { Backend } from './backend.ts';
import type { Candidates } from './candidates.ts';

/** A backend in one balancer with all that is kept beside it: in one record, so that nothing can come apart. */
export class Member {
  readonly backend: Backend;
  /** Whether it runs in the zone of this agent. */
  readonly isLocal: boolean;
  /** Where it can be chosen from now. */
  candidates: Candidates | undefined = undefined;
  /** Its place there. */
  index = 0;
  /** Its weight there, slow start included, relative to the average, which is 1. */
  share = 1;
  warmth = 1;
  /** Its column of the alias table: below `threshold` it is drawn itself, above it is `alias`. */
  threshold = 1;
  alias: Member = this;
  /** When it has its next turn in a rotation, in turns of an average member; and by which share that was computed. */
  turnAt = Number.NaN;
  turnShare = 1;

  constructor(backend: Backend, isLocal: boolean) {
    this.backend = backend;
    this.isLocal = isLocal;
  }
}
