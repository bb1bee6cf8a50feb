import type { HistogramCounts } from '@tulle/mesh/agent-protocol';
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

type RouteCounters =
  | 'ok'
  | 'clientErrors'
  | 'serverErrors'
  | 'triedWell'
  | 'failedTries'
  | 'retried'
  | 'retriedOk'
  | 'bytesSent'
  | 'bytesReceived'
  | 'active';

/** One series at one moment. */
export interface RouteCounts extends Readonly<Pick<RouteSeries, 'key' | RouteCounters>> {
  readonly errors: Readonly<Record<string, number>>;
  /** By status; empty when no call of gRPC has ended. */
  readonly grpcStatuses: readonly number[];
  readonly firstByte: HistogramCounts;
  readonly duration: HistogramCounts;
}

type RuleCounters = 'delayed' | 'aborted' | 'mirrored' | 'mirrorsDropped' | 'retriesRefused';

/** What a rule did of itself until one moment. */
export type RuleCounts = Readonly<Pick<RouteRecord, 'key' | RuleCounters>>;

/** What is done about load that is too much. */
export interface Overload {
  /** The limit that follows the latency of the local service; undefined where it is not adaptive. */
  readonly concurrency:
    | {
        /** 0 where only processes that have ended had one. */
        readonly limit: number;
        readonly inFlight: number;
        /** Latency without load, as it is believed to be; 0 while it is not known. */
        readonly baselineMs: number;
        readonly refused: RefusedByPriority;
      }
    | undefined;
  readonly memory: { readonly pressure: Pressure; readonly refused: RefusedByPriority };
}

/** What the data path measures for this agent's own page of metrics. Plain data: processes tell it each other as JSON. */
export interface Measurements {
  readonly routes: readonly RouteCounts[];
  readonly rules: readonly RuleCounts[];
  /** Services with a limit on requests in flight. */
  readonly circuits: readonly {
    readonly service: string;
    readonly active: number;
    readonly max: number;
    /** Whether the next request would be refused. */
    readonly open: boolean;
  }[];
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
  readonly http2Refusals: Readonly<Record<string, number>>;
  readonly observability: ObservabilityCounts;
}
