import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import { Histogram } from '@tulle/mesh/histogram';
import type { DataPathErrorCode } from '../errors.ts';
import type { Outcome } from './outcome.ts';

/** What tells series apart: one edge and version, seen from one side. */
export interface SeriesKey {
  readonly side: 'outbound' | 'inbound';
  readonly source: string;
  readonly destination: string;
  readonly version: string;
  readonly tls: boolean;
}

/** Cumulative counters of one series. */
export class Series {
  readonly key: SeriesKey;
  ok = 0;
  clientErrors = 0;
  serverErrors = 0;
  meshErrors = 0;
  retries = 0;
  /** Towards the destination and back, heads included. */
  bytesSent = 0;
  bytesReceived = 0;
  private readonly codes = new Map<DataPathErrorCode, number>();
  private readonly latency = new Histogram();

  constructor(key: SeriesKey) {
    this.key = key;
  }

  answered(outcome: Outcome, milliseconds: number): void {
    if (outcome === 'ok') this.ok++;
    else if (outcome === 'clientError') this.clientErrors++;
    else this.serverErrors++;
    this.latency.record(milliseconds);
  }

  failed(code: DataPathErrorCode, milliseconds: number): void {
    this.meshErrors++;
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    this.latency.record(milliseconds);
  }

  snapshot(): SeriesCounters {
    return {
      ...this.key,
      requests: this.ok + this.clientErrors + this.serverErrors + this.meshErrors,
      ok: this.ok,
      clientErrors: this.clientErrors,
      serverErrors: this.serverErrors,
      meshErrors: this.meshErrors,
      meshErrorCodes: Object.fromEntries(this.codes),
      retries: this.retries,
      bytesSent: this.bytesSent,
      bytesReceived: this.bytesReceived,
      latency: this.latency.counts(),
    };
  }
}
