import type { ServiceView } from '@tulle/mesh/service-view';
import type { Split } from '../balance/split.ts';

/** What the router says about a request: which service it is for and how that is to be called. No behaviour. */
export interface RouteDecision {
  readonly service: string;
  readonly split: Split;
  readonly timeouts: Timeouts;
  /** Further attempts for requests that never reached the peer. */
  readonly attempts: number;
  /** How long a request waits for a service that has never listened yet: it is starting beside its agent. */
  readonly startPatienceMs: number;
}

export type Timeouts = ServiceView['policy']['timeouts'];
