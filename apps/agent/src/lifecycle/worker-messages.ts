import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import type { ServiceView } from '@tulle/mesh/service-view';
import type { DataPlaneIdentity, DataPlaneOptions, DataPlaneStats } from '../data-plane.ts';
import type { ServerCertificate } from '../gateway/server-certificates.ts';
import type { Measurements } from '../record/measurements.ts';

/** What a worker's data path is made of, but for what each process has by itself. */
export type WorkerPlaneOptions = Omit<DataPlaneOptions, 'sockets' | 'names' | 'onUnknownService' | 'logger'>;

/** What is in force, or has changed of it. */
export interface PlaneState {
  readonly views?: readonly ServiceView[];
  /** Null when it was withdrawn. */
  readonly identity?: DataPlaneIdentity | null;
  readonly revoked?: readonly string[];
  /** Of a gateway. */
  readonly certificates?: readonly ServerCertificate[];
}

/** From the process that speaks to the API to one that carries traffic; `begin` is the first. */
export type ToWorker =
  | { readonly type: 'begin'; readonly options: WorkerPlaneOptions; readonly state: PlaneState }
  | { readonly type: 'state'; readonly state: PlaneState }
  | { readonly type: 'reopenLogs' }
  /** To be answered with `counts` and then `measured`. */
  | { readonly type: 'measure' }
  | { readonly type: 'drain'; readonly timeoutMs: number };

/** Cumulative since the process began. */
export interface WorkerCounts {
  readonly telemetry: SeriesCounters[];
  readonly stats: DataPlaneStats;
  readonly rssBytes: number;
  readonly cpuMs: number;
}

export type FromWorker =
  | { readonly type: 'counts'; readonly counts: WorkerCounts }
  | { readonly type: 'measured'; readonly measured: Measurements }
  | { readonly type: 'unknownService'; readonly service: string };
