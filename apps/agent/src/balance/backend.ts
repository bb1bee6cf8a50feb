import type { Endpoint } from '@tulle/mesh/service-view';
import type { ConnectionPool } from '../pool/connection-pool.ts';
import type { Series } from '../record/series.ts';
import type { Target } from '../router/route-decision.ts';
import type { BackendState } from './backend-state.ts';
import { Ejection } from './ejection.ts';
import { IntervalTally } from './interval-tally.ts';
import { PeakEwma } from './peak-ewma.ts';
import { VersionGroup } from './version-group.ts';

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;
/** A new backend begins with this part of its share: with nothing it would learn nothing. */
const LEAST_WARMTH = 0.1;

/**
 * An endpoint with what was learnt about it. It outlives configurations: a new view of the service finds
 * the same backend again, with its pool, its latency and its failures.
 */
export class Backend implements Target {
  /** As the last view says; what identifies it never changes. */
  endpoint: Endpoint;
  readonly pool: ConnectionPool;
  /** What requests answered by this endpoint are counted in. */
  readonly series: Series;
  /** The backends of its version, itself among them. */
  readonly peers: VersionGroup;
  /** On its own it is a target without changes. */
  readonly backend = this;
  readonly request = undefined;
  readonly response = undefined;
  readonly ejection = new Ejection();
  readonly tally = new IntervalTally();
  /** What its requests are asked for in place of the caller's host: outside of the mesh nobody knows `.mesh`. */
  authority = '';
  /** Tries it was given and that ended, those of them that failed, and attempts to connect that did. */
  tries = 0;
  failedTries = 0;
  failedConnects = 0;
  /** Whether a connection was ever made. */
  wasReached = false;
  private readonly latency = new PeakEwma();
  private inFlight = 0;
  private connectFailures = 0;
  private connectAgainAt = 0;
  /** What active checks found last, with their reason; healthy as long as nothing was found. */
  private isHealthy = true;
  private healthReason = '';
  private isRetired = false;
  private warmingSince = Number.NEGATIVE_INFINITY;

  constructor(endpoint: Endpoint, pool: ConnectionPool, series: Series, peers?: VersionGroup) {
    this.endpoint = endpoint;
    this.pool = pool;
    this.series = series;
    this.peers = peers ?? new VersionGroup({ count: 0 });
    this.peers.backends.add(this);
  }

  /** Requests given to it and not finished. */
  get active(): number {
    return this.inFlight;
  }

  set active(count: number) {
    this.peers.active += count - this.inFlight;
    this.inFlight = count;
    if (this.ejection.onProbation) this.peers.changes.count++;
  }

  get weight(): number {
    return this.endpoint.weight ?? 1;
  }

  isAvailable(now: number): boolean {
    return (
      !this.isRetired &&
      this.isReachable(now) &&
      this.isHealthy &&
      this.ejection.isOver(now) &&
      !this.isOnTrial
    );
  }

  /** As far as is known somebody listens there, whatever is thought of the answers. */
  isReachable(now: number): boolean {
    return now >= this.connectAgainAt;
  }

  /** On probation, with the one request it may have. */
  get isOnTrial(): boolean {
    return this.ejection.onProbation && this.inFlight > 0;
  }

  /** When time alone will have made it available or reachable; in the past when that does not depend on time. */
  changesAt(now: number): number {
    if (now < this.connectAgainAt) return this.connectAgainAt;
    return this.ejection.until;
  }

  /** How much of its share it gets while it is new, above 0 to 1. */
  warmth(now: number): number {
    const ageMs = now - this.warmingSince;
    const { slowStartMs } = this.peers;
    return ageMs >= slowStartMs ? 1 : Math.max(LEAST_WARMTH, ageMs / slowStartMs);
  }

  state(now: number): BackendState {
    if (this.isRetired) {
      return { why: 'draining', reason: 'no configuration names it any more', until: undefined };
    }
    if (!this.isReachable(now)) {
      const reason = `${this.connectFailures} failed attempts to connect`;
      return { why: 'connecting-failed', reason, until: this.connectAgainAt };
    }
    const { ejection } = this;
    if (!ejection.isOver(now)) return { why: 'ejected', reason: ejection.reason, until: ejection.until };
    if (!this.isHealthy) return { why: 'unhealthy', reason: this.healthReason, until: undefined };
    if (this.warmth(now) < 1) {
      return { why: 'warming', reason: '', until: this.warmingSince + this.peers.slowStartMs };
    }
    const reason = ejection.onProbation ? `on probation: ${ejection.reason}` : '';
    return { why: 'available', reason, until: undefined };
  }

  /** Connecting failed: left out for a while, twice as long each time in a row. */
  connectFailed(now: number): void {
    const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** this.connectFailures);
    this.connectFailures = Math.min(this.connectFailures + 1, 10);
    this.failedConnects++;
    this.connectAgainAt = now + backoff;
    this.peers.changes.count++;
  }

  connected(): void {
    this.wasReached = true;
    this.connectFailures = 0;
    if (this.connectAgainAt === 0) return;
    this.connectAgainAt = 0;
    this.peers.changes.count++;
  }

  /** The verdict of active checks. One that has recovered was most likely restarted: it begins as a new one does. */
  setHealth(healthy: boolean, reason: string, now: number): void {
    this.healthReason = reason;
    if (healthy === this.isHealthy) return;
    this.isHealthy = healthy;
    if (healthy) this.warmingSince = now;
    this.peers.changes.count++;
  }

  /** Nobody checks it any more. */
  clearHealth(): void {
    this.healthReason = '';
    if (this.isHealthy) return;
    this.isHealthy = true;
    this.peers.changes.count++;
  }

  /** It has just joined a service that was known before. */
  beginWarming(now: number): void {
    this.warmingSince = now;
    this.peers.changes.count++;
  }

  /** No configuration names it any more; what is in flight still ends. */
  retire(): void {
    this.isRetired = true;
    this.peers.backends.delete(this);
    this.pool.retire();
  }

  /**
   * How a try given to it went, once for each. Failing is often quick: counted as latency it would draw more requests
   * to where they fail.
   */
  observe(latencyMs: number, failed: boolean, now: number): void {
    this.tries++;
    if (failed) this.failedTries++;
    else this.latency.observe(latencyMs, now);
    this.peers.outliers.observe(this, latencyMs, failed, now);
  }

  latencyMs(now: number): number {
    return this.latency.read(now);
  }
}
