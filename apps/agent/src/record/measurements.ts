import type { RefusedConnections } from '../lifecycle/entry-guard.ts';
import type { ObservabilityCounts } from './observability.ts';
import type { RouteRecord } from './route-record.ts';
import type { RouteSeries } from './route-series.ts';

export interface ConnectionCount {
  readonly side: 'callers' | 'backends';
  readonly protocol: string;
  readonly count: number;
}

/** What the data path measures for this agent's own page of metrics. Series and records are the live ones. */
export interface Measurements {
  readonly routes: Iterable<RouteSeries>;
  readonly rules: Iterable<RouteRecord>;
  /** Services with a limit on requests in flight. */
  readonly circuits: readonly { readonly service: string; readonly active: number; readonly max: number }[];
  readonly rateLimits: readonly {
    readonly service: string;
    readonly limit: string;
    readonly refused: number;
  }[];
  readonly retryBudgets: readonly { readonly service: string; readonly left: number }[];
  readonly connections: readonly ConnectionCount[];
  /** Of callers, closed at once, by reason. */
  readonly refusedConnections: RefusedConnections;
  /** By reason. */
  readonly http2Refusals: ReadonlyMap<string, number>;
  readonly observability: ObservabilityCounts;
}
