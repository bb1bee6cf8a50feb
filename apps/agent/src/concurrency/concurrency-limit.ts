import { type ConcurrencyBounds, LimitEstimator } from './limit-estimator.ts';
import { exempt, type Priority } from './priority.ts';

/** Share of the limit up to which requests of each priority are let in: those that matter least are refused first. */
const shareOfLimit: readonly number[] = [1, 0.9, 0.75, 0.5];

/** In place of a ticket: the request is refused. */
export const REFUSED = -1;

/**
 * Sheds load where it arrives: the requests in flight to the local service stay below a limit that follows its latency,
 * see {@link LimitEstimator}. One for each agent; times are milliseconds of one monotonic clock.
 */
export class ConcurrencyLimit {
  inFlight = 0;
  /** Requests refused since the process began, by priority. */
  readonly refused: [number, number, number, number] = [0, 0, 0, 0];
  private readonly estimator: LimitEstimator;
  private readonly thresholds = new Float64Array(shareOfLimit.length);
  private limitOfThresholds = -1;

  constructor(bounds: ConcurrencyBounds, now: number) {
    this.estimator = new LimitEstimator(bounds, now);
    this.followLimit();
  }

  get limit(): number {
    return this.estimator.limit;
  }

  /** The latency that the service is thought to have without load, in milliseconds; 0 while it is not known. */
  get baselineMs(): number {
    return this.estimator.baselineMs;
  }

  /** New bounds; what was learned stays. */
  configure(bounds: ConcurrencyBounds): void {
    this.estimator.configure(bounds);
    this.followLimit();
  }

  /** A ticket to give back with `release` or `leave`, exactly once; or {@link REFUSED}. */
  admit(priority: Priority): number {
    if (priority !== exempt && this.inFlight >= (this.thresholds[priority] as number)) {
      this.refused[priority]++;
      this.estimator.onRefused();
      return REFUSED;
    }
    this.inFlight++;
    return this.estimator.onAdmitted();
  }

  /**
   * A request that was let in is over. `latencyMs` is the time until the head of its answer: how long a body takes is
   * up to its reader too. `ok` is whether the service answered without an error of its own.
   */
  release(ticket: number, latencyMs: number, ok: boolean, now: number): void {
    this.estimator.onEnded(ticket, latencyMs, ok, this.inFlight, now);
    this.inFlight--;
    if (this.estimator.limit !== this.limitOfThresholds) this.followLimit();
  }

  /** As `release`, for what says nothing about latency: tunnels, health checks, callers that went away. */
  leave(ticket: number, now: number): void {
    this.release(ticket, 0, false, now);
  }

  private followLimit(): void {
    const { limit } = this.estimator;
    this.limitOfThresholds = limit;
    // At least one of each: a small limit must not starve any for good.
    shareOfLimit.forEach((share, priority) => {
      this.thresholds[priority] = Math.max(1, limit * share);
    });
  }
}
