/** How a stream that is no more came to its end: what a late frame on it means depends on that (RFC 9113 section 5.1). */
export const CLOSED = {
  /** Never opened, although its number was passed by. */
  unused: 0,
  /** Both sides ended it: the peer knows, so it sends nothing more. */
  ended: 1,
  /** The peer reset it. */
  resetByPeer: 2,
  /** We reset it, and the peer may not know yet; also the answer for what is too long ago to be remembered. */
  resetByUs: 3,
} as const;
export type Closing = (typeof CLOSED)[keyof typeof CLOSED];

const REMEMBERED = 256;

/** The last streams that were closed, each in four bytes. */
export class ClosedStreams {
  /** By number: half of it (they are all odd) and two bits for the way. */
  private readonly slots = new Uint32Array(REMEMBERED);

  add(stream: number, closing: Closing): void {
    const half = stream >>> 1;
    const slot = half & (REMEMBERED - 1);
    const held = (this.slots[slot] as number) >>> 2;
    // A long-lived stream does not push out a younger one.
    if (held <= half) this.slots[slot] = (half << 2) | closing;
  }

  get(stream: number): Closing {
    const half = stream >>> 1;
    const slot = this.slots[half & (REMEMBERED - 1)] as number;
    const held = slot >>> 2;
    if (held === half) return (slot & 3) as Closing;
    return held > half ? CLOSED.resetByUs : CLOSED.unused;
  }
}
