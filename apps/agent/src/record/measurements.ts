import type { RefusedConnections } from '../lifecycle/entry-guard.ts';
import type { Pressure } from '../lifecycle/memory-guard.ts';
import type { ObservabilityCounts } from './observability.ts';
import type { RouteRecord } from './route-record.ts';
import type { RouteSeries } from './route-series.ts';

export interface ConnectionCount {
  readonly side: 'callers' | 'backends';
  readonly protocol: string;
  readonly count: number;
}

/** Requests refused, by priority: critical, normal, those that can wait, the rest. */
export type RefusedByPriority = readonly [number, number, number, number];

/** What is done about load that is too much. */
export interface Overload {
  /** The limit that follows the latency of the local service; undefined where it is not adaptive. */
  readonly concurrency:
    | {
        readonly limit: number;
        readonly inFlight: number;
        /** Latency without load, as it is believed to be; 0 while it is not known. */
        readonly baselineMs: number;
        readonly refused: RefusedByPriority;
      }
    | undefined;
  readonly memory: { readonly pressure: Pressure; readonly refused: RefusedByPriority };
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
  readonly overload: Overload;
  /** Active checks by other agents, which count nowhere else, by what the service answered. */
  readonly healthChecks: { readonly ok: number; readonly failed: number };
  readonly connections: readonly ConnectionCount[];
  /** Of callers, closed at once, by reason. */
  readonly refusedConnections: RefusedConnections;
  /** By reason. */
  readonly http2Refusals: ReadonlyMap<string, number>;
  readonly observability: ObservabilityCounts;
}
