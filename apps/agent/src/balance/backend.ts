import type { Endpoint } from '@tulle/mesh/service-view';
import type { ConnectionPool } from '../pool/connection-pool.ts';
import type { Series } from '../record/series.ts';
import type { Target } from '../router/route-decision.ts';
import { PeakEwma } from './peak-ewma.ts';

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;

/**
 * An endpoint with what was learnt about it. It outlives configurations: a new view of the service finds
 * the same backend again, with its pool, its latency and its failures.
 */
export class Backend implements Target {
  readonly endpoint: Endpoint;
  readonly pool: ConnectionPool;
  /** What requests answered by this endpoint are counted in. */
  readonly series: Series;
  /** On its own it is a target without changes. */
  readonly backend = this;
  readonly request = undefined;
  readonly response = undefined;
  /** Requests given to it and not finished. */
  active = 0;
  private readonly latency = new PeakEwma();
  /** Whether a connection was ever made. */
  wasReached = false;
  private failures = 0;
  private unavailableUntil = 0;

  constructor(endpoint: Endpoint, pool: ConnectionPool, series: Series) {
    this.endpoint = endpoint;
    this.pool = pool;
    this.series = series;
  }

  isAvailable(now: number): boolean {
    return now >= this.unavailableUntil;
  }

  /** Connecting failed: left out for a while, twice as long each time in a row. */
  connectFailed(now: number): void {
    const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 10);
    this.unavailableUntil = now + backoff;
  }

  connected(): void {
    this.wasReached = true;
    this.failures = 0;
    this.unavailableUntil = 0;
  }

  /**
   * How a request given to it went. Failing is often quick: counted as latency it would draw more requests to where
   * they fail.
   */
  observe(latencyMs: number, failed: boolean, now: number): void {
    if (!failed) this.latency.observe(latencyMs, now);
  }

  latencyMs(now: number): number {
    return this.latency.read(now);
  }

  /** Expected wait: latency times the requests before this one and itself. */
  load(now: number): number {
    return (this.latency.read(now) + Number.EPSILON) * (this.active + 1);
  }
}
