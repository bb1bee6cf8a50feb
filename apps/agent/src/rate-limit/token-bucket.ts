/** Less than this of a token is a rounding error. */
const ROUNDING = 1e-9;

/** How fast a bucket fills, and how much it holds. */
export interface BucketSize {
  /** Tokens a millisecond. */
  readonly perMs: number;
  /** Tokens of a full bucket: what may pass at once. */
  readonly burst: number;
}

/**
 * Tokens that come at a steady rate up to a burst; each request takes one. Over any time t no more than `burst + t *
 * perMs` pass. Times are milliseconds of one monotonic clock; one that goes back adds nothing and takes nothing.
 */
export class TokenBucket {
  private tokens: number;
  private at: number;

  constructor(size: BucketSize, now: number) {
    this.tokens = size.burst;
    this.at = now;
  }

  /** 0 when a token was there and is taken, else the milliseconds until there is one. */
  take(size: BucketSize, now: number): number {
    this.fill(size, now);
    if (this.tokens >= 1 - ROUNDING) {
      this.tokens -= 1;
      return 0;
    }
    return (1 - this.tokens) / size.perMs;
  }

  /** As good as one just made: it can be forgotten without giving anything away. */
  isFull(size: BucketSize, now: number): boolean {
    this.fill(size, now);
    return this.tokens === size.burst;
  }

  private fill({ perMs, burst }: BucketSize, now: number): void {
    const elapsed = now - this.at;
    if (elapsed <= 0) return;
    this.at = now;
    const filled = this.tokens + elapsed * perMs;
    this.tokens = filled < burst ? filled : burst;
  }
}
