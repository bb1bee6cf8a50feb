import type { HistogramCounts } from '@tulle/mesh/agent-protocol';

/** Sums over a span of time. */
export interface Counters {
  readonly requests: number;
  readonly ok: number;
  readonly clientErrors: number;
  readonly serverErrors: number;
  readonly meshErrors: number;
  readonly meshErrorCodes: Readonly<Record<string, number>>;
  readonly retries: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly latency: HistogramCounts;
}

export interface EdgeCounters extends Counters {
  readonly source: string;
  readonly destination: string;
  readonly version: string;
  readonly tls: boolean;
}

/** Measured traffic, from the callers' side where they have an agent. `from` inclusive, `to` exclusive, ms. */
export interface TelemetryStore {
  /** Sums by edge, version and tls. */
  edges(
    span: { from: number; to: number },
    filter?: { source?: string; destination?: string },
  ): Promise<readonly EdgeCounters[]>;
  /** The same in buckets of `stepMs` (1 s within the last minutes from memory, 10 s or 1 min further back). */
  buckets(
    span: { from: number; to: number; stepMs: number },
    filter: { source?: string; destination?: string },
  ): Promise<readonly { readonly at: number; readonly edges: readonly EdgeCounters[] }[]>;
  /** The highest rate per second that one instance of a version served in any 10 s of the last hour. */
  maxInstanceRate(service: string): ReadonlyMap<string, number>;
  /** When the oldest measurement that is held was taken; Infinity before there is one.  */
  since(): number;
  /** When the newest report arrived. */
  asOf(): number;
}
