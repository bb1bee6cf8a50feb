import { Http2Error, type Http2ErrorReason } from './errors.ts';
import type { SessionLimits } from './limits.ts';

/** What costs the peer little and us something. */
export const FLOOD = {
  reset: 0,
  settings: 1,
  ping: 2,
  priority: 3,
  windowUpdate: 4,
  emptyFrame: 5,
} as const;
export type FloodKind = (typeof FLOOD)[keyof typeof FLOOD];

const reasons: readonly Http2ErrorReason[] = [
  'reset-flood',
  'settings-flood',
  'ping-flood',
  'priority-flood',
  'window-update-flood',
  'empty-frame-flood',
];

const PERIOD_MS = 1_000;

/** Counts such frames in each second and refuses the connection of a peer that sends too many. */
export class FloodGuard {
  /** What was refused so far, of streams and of the connection. */
  readonly refusals = new Map<Http2ErrorReason, number>();
  /** Since the session began, by kind: for whoever reports on it. */
  readonly totals: Float64Array = new Float64Array(reasons.length);
  private readonly counts: Int32Array = new Int32Array(reasons.length);
  private readonly most: Int32Array;
  private periodStart = Number.NEGATIVE_INFINITY;

  constructor(limits: SessionLimits) {
    this.most = Int32Array.of(
      limits.maxResetsPerSecond,
      limits.maxSettingsPerSecond,
      limits.maxPingsPerSecond,
      limits.maxPrioritiesPerSecond,
      limits.maxWindowUpdatesPerSecond,
      limits.maxEmptyFramesPerSecond,
    );
  }

  /** A stream had to be refused: that costs as much as one that is reset by the peer. */
  countRefusal(reason: Http2ErrorReason, nowMs: number): void {
    this.note(reason);
    this.count(FLOOD.reset, nowMs);
  }

  note(reason: Http2ErrorReason): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  count(kind: FloodKind, nowMs: number): void {
    if (nowMs - this.periodStart >= PERIOD_MS) {
      this.periodStart = nowMs;
      this.counts.fill(0);
    }
    this.totals[kind] = (this.totals[kind] as number) + 1;
    const count = (this.counts[kind] as number) + 1;
    this.counts[kind] = count;
    if (count > (this.most[kind] as number)) throw new Http2Error(reasons[kind] as Http2ErrorReason);
  }
}
