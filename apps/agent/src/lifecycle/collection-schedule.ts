/** What was let go is returned to the system only by a collection. */
const EVERY_MS = 2_000;
/** What is read passes through: so much more than after the last collection is mostly garbage. */
const GROWTH_BYTES = 8 * 1024 * 1024;
/** Collections take at most a fifth of the time. */
const PAUSE_TIMES = 4;

/** When garbage is collected while memory is scarce; times are milliseconds of one monotonic clock. */
export class CollectionSchedule {
  private leftBytes = 0;
  private endedAt = Number.NEGATIVE_INFINITY;
  private notBefore = Number.NEGATIVE_INFINITY;

  isDue(heldBytes: number, now: number): boolean {
    if (now - this.endedAt >= EVERY_MS) return true;
    return now >= this.notBefore && heldBytes - this.leftBytes >= GROWTH_BYTES;
  }

  /** `heldBytes` is what is left. */
  collected(heldBytes: number, begunAt: number, endedAt: number): void {
    this.leftBytes = heldBytes;
    this.endedAt = endedAt;
    this.notBefore = endedAt + PAUSE_TIMES * (endedAt - begunAt);
  }
}
