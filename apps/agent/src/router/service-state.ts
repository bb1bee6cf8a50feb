import { EvenSequence } from '../balance/sequence.ts';
import type { RequestCircuit } from './route-decision.ts';

class ServiceCircuit implements RequestCircuit {
  max = 0;
  active = 0;
}

/** What decisions about one service keep from one configuration to the next. */
export class ServiceState {
  /** Where its split stands. */
  readonly sequence = new EvenSequence();
  private readonly byRule: EvenSequence[] = [];
  private readonly requests = new ServiceCircuit();

  /** Where the weights of a rule stand; `place` is the rule's in the list. */
  ruleSequence(place: number): EvenSequence {
    const known = this.byRule[place];
    if (known !== undefined) return known;
    const sequence = new EvenSequence();
    this.byRule[place] = sequence;
    return sequence;
  }

  /** One for all rules, so that those in flight stay counted; undefined without a limit. */
  circuit(maxRequests: number): RequestCircuit | undefined {
    this.requests.max = maxRequests;
    return maxRequests === 0 ? undefined : this.requests;
  }
}
