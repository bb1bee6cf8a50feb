import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import type { Self } from '@tulle/mesh/service-view';
import type { DataPlaneStats } from '../data-plane.ts';

/** All the agent says about itself; without secrets. Times in milliseconds since the epoch. */
export interface AgentStatus {
  readonly self: Self;
  readonly version: string;
  readonly startedAt: number;
  /** Why it is not ready, in words; empty when it is. */
  readonly notReady: readonly string[];
  /** Whether there is a session with the API. */
  readonly connected: boolean;
  readonly revision: number;
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
  readonly certificate:
    | {
        readonly serial: string;
        readonly notBefore: number;
        readonly notAfter: number;
        readonly renewAt: number;
        readonly revoked: boolean;
        readonly trustDomain: string;
      }
    | undefined;
  readonly stats: DataPlaneStats;
  readonly localHealthy: boolean;
  readonly telemetry: readonly SeriesCounters[];
  /** Former runs whose counters have not reached the API's database. */
  readonly formerEpochs: number;
}
