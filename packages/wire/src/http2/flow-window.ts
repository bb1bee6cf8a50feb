/**
 * What a peer may still send us, of a stream or of the connection (RFC 9113 section 5.2). Room is given back when half
 * of it was used up, so that a large body costs one WINDOW_UPDATE for many frames.
 */
export class FlowWindow {
  readonly size: number;
  private available: number;
  private consumed = 0;

  constructor(size: number) {
    this.size = size;
    this.available = size;
  }

  /** Bytes came. False: more than the window allowed. */
  take(bytes: number): boolean {
    this.available -= bytes;
    return this.available >= 0;
  }

  /** Bytes were passed on. Returns the increment that is due now, or 0. */
  give(bytes: number): number {
    this.consumed += bytes;
    if (this.consumed * 2 < this.size) return 0;
    const increment = this.consumed;
    this.available += increment;
    this.consumed = 0;
    return increment;
  }
}
