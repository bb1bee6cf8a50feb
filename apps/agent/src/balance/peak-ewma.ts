/** How long a peak is remembered. */
const DECAY_MS = 10_000;

/**
 * Peak-sensitive moving average of a latency, as in Finagle's and linkerd2's balancers: it jumps up to a
 * slow answer at once and forgets it slowly, so a peer that begins to stall loses its requests at once.
 */
export class PeakEwma {
  private value = 0;
  private at = 0;
  /** What was read last, and when: many read it in one turn of the clock. */
  private decayed = 0;
  private readAt = Number.NaN;

  observe(latencyMs: number, now: number): void {
    const elapsed = now - this.at;
    this.at = now;
    this.readAt = Number.NaN;
    if (latencyMs >= this.value) {
      this.value = latencyMs;
      return;
    }
    const weight = Math.exp(-(elapsed > 0 ? elapsed : 0) / DECAY_MS);
    this.value = this.value * weight + latencyMs * (1 - weight);
  }

  /** The average as it has decayed until `now`, so that a peer nobody dares to ask gets its chance again. */
  read(now: number): number {
    if (now === this.readAt) return this.decayed;
    const elapsed = now - this.at;
    this.decayed = elapsed > 0 ? this.value * Math.exp(-elapsed / DECAY_MS) : this.value;
    this.readAt = now;
    return this.decayed;
  }
}
