/** How many retries a service may be given beside its live requests. */
export interface RetryBudget {
  /** A request (not a retry of one) begins. */
  onRequest(now: number): void;
  /** Takes one retry out of the budget, or says that none is left. */
  take(now: number): boolean;
}

/** For hops that cost the service nothing, such as the one to the local service. */
export const unlimitedRetries: RetryBudget = { onRequest() {}, take: () => true };

const SLOTS = 10;
const SLOT_MS = 1_000;

/**
 * The budget of one service on one agent: over the last ten seconds (in slots of one) there are never more retries
 * than `percent` of the requests of these seconds plus `minPerSecond` for each of them, as in Finagle's and linkerd's
 * budgets. A retry leaves the window no sooner than the request that paid for it, so that none pays twice.
 *
 * Times are milliseconds of one monotonic clock.
 */
export class WindowedRetryBudget implements RetryBudget {
  private percent: number;
  /** Hundredths of a retry, so that whole percents stay exact. */
  private floor: number;
  private readonly requests = new Uint32Array(SLOTS);
  private readonly retries = new Uint32Array(SLOTS);
  private liveRequests = 0;
  private liveRetries = 0;
  /** The present slot, which counts here until it is over. */
  private slot = 0;
  private slotRequests = 0;
  private slotRetries = 0;
  private slotEnd: number;

  constructor(percent: number, minPerSecond: number, now: number) {
    this.percent = percent;
    this.floor = floorOf(minPerSecond);
    this.slotEnd = now + SLOT_MS;
  }

  /** New settings; what was spent stays spent. */
  configure(percent: number, minPerSecond: number): void {
    this.percent = percent;
    this.floor = floorOf(minPerSecond);
  }

  onRequest(now: number): void {
    if (now >= this.slotEnd) this.advance(now);
    this.slotRequests++;
    this.liveRequests++;
  }

  take(now: number): boolean {
    if (now >= this.slotEnd) this.advance(now);
    const allowed = this.percent * this.liveRequests + this.floor;
    if ((this.liveRetries + 1) * 100 > allowed) return false;
    this.slotRetries++;
    this.liveRetries++;
    return true;
  }

  /** Retries that may be given now; for metrics. */
  left(now: number): number {
    if (now >= this.slotEnd) this.advance(now);
    const allowed = this.percent * this.liveRequests + this.floor;
    return Math.max(0, Math.floor(allowed / 100) - this.liveRetries);
  }

  private advance(now: number): void {
    const passed = Math.floor((now - this.slotEnd) / SLOT_MS) + 1;
    this.slotEnd += passed * SLOT_MS;
    for (let left = Math.min(passed, SLOTS); left > 0; left--) {
      this.requests[this.slot] = this.slotRequests;
      this.retries[this.slot] = this.slotRetries;
      this.slot = this.slot + 1 === SLOTS ? 0 : this.slot + 1;
      this.liveRequests -= this.requests[this.slot] as number;
      this.liveRetries -= this.retries[this.slot] as number;
      this.slotRequests = 0;
      this.slotRetries = 0;
    }
  }
}

function floorOf(minPerSecond: number): number {
  return minPerSecond * 100 * ((SLOTS * SLOT_MS) / 1_000);
}
