import { type Bytes, newBytes, noBytes } from '../http/bytes.ts';
import { Http2Error } from './errors.ts';
import { FLAG, FRAME, HEADER_BYTES, readUint31 } from './frame-header.ts';

export interface FrameSink {
  /** A whole frame other than DATA: its payload stands at `start`..`end` and is valid during the call. */
  onFrame(type: number, flags: number, stream: number, bytes: Bytes, start: number, end: number): void;
  /** A DATA frame begins; `length` counts its padding. */
  onDataFrame(flags: number, stream: number, length: number): void;
  /** Data of that frame, as it comes. */
  onDataBytes(bytes: Bytes, start: number, end: number): void;
  /** That frame was read to its end; `overhead` of its bytes were padding. */
  onDataEnd(flags: number, overhead: number): void;
}

/** Where a reader stands inside a DATA frame. */
const IN = { none: 0, padLength: 1, data: 2, padding: 3 } as const;
type Inside = (typeof IN)[keyof typeof IN];

/**
 * Cuts what a socket gives into frames (RFC 9113 section 4). The payload of DATA is passed on as it comes; every other
 * frame is waited for, in a buffer of its own when it did not come in one piece.
 */
export class FrameReader {
  /** Set to stop reading behind the present frame, for good. */
  stopped = false;
  private readonly sink: FrameSink;
  private readonly maxFrameBytes: number;
  /** A frame, or the header of one, that has come in part. */
  private held: Bytes = noBytes;
  private heldBytes = 0;
  private inside: Inside = IN.none;
  private flags = 0;
  private padding = 0;
  /** Data, or padding, that is still to come. */
  private remaining = 0;

  constructor(sink: FrameSink, maxFrameBytes: number) {
    this.sink = sink;
    this.maxFrameBytes = maxFrameBytes;
  }

  /** True between frames. */
  get isIdle(): boolean {
    return this.heldBytes === 0 && this.inside === IN.none;
  }

  push(bytes: Bytes, from: number): void {
    const { length } = bytes;
    let at = from;
    while (at < length && !this.stopped) {
      if (this.inside !== IN.none) at = this.readDataPart(bytes, at);
      else if (this.heldBytes > 0 || length - at < HEADER_BYTES) at = this.hold(bytes, at);
      else at = this.readFrame(bytes, at);
    }
  }

  /** A frame whose header is there in one piece. */
  private readFrame(bytes: Bytes, at: number): number {
    const size = this.sizeAt(bytes, at);
    if (bytes[at + 3] === FRAME.data) {
      this.beginData(bytes, at, size);
      return at + HEADER_BYTES;
    }
    const end = at + HEADER_BYTES + size;
    if (end > bytes.length) return this.hold(bytes, at);
    this.give(bytes, at, end);
    return end;
  }

  private sizeAt(bytes: Bytes, at: number): number {
    const size = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    if (size > this.maxFrameBytes) throw new Http2Error('frame-too-large');
    return size;
  }

  private give(bytes: Bytes, at: number, end: number): void {
    const type = bytes[at + 3] as number;
    const flags = bytes[at + 4] as number;
    this.sink.onFrame(type, flags, readUint31(bytes, at + 5), bytes, at + HEADER_BYTES, end);
  }

  /** Keeps what is there of a frame until all of it has come; then gives it. */
  private hold(bytes: Bytes, at: number): number {
    let from = this.take(bytes, at, HEADER_BYTES);
    if (this.heldBytes < HEADER_BYTES) return from;
    const { held } = this;
    const size = this.sizeAt(held, 0);
    if (held[3] === FRAME.data) {
      this.heldBytes = 0;
      this.beginData(held, 0, size);
      return from;
    }
    const total = HEADER_BYTES + size;
    from = this.take(bytes, from, total);
    if (this.heldBytes < total) return from;
    const whole = this.held;
    // A large buffer is not kept for a connection that may have needed it once.
    this.held = noBytes;
    this.heldBytes = 0;
    this.give(whole, 0, total);
    return from;
  }

  /** Takes bytes until `total` are held. */
  private take(bytes: Bytes, at: number, total: number): number {
    if (this.held.length < total) {
      const grown = newBytes(total);
      this.held.copy(grown, 0, 0, this.heldBytes);
      this.held = grown;
    }
    const count = Math.min(Math.max(0, total - this.heldBytes), bytes.length - at);
    bytes.copy(this.held, this.heldBytes, at, at + count);
    this.heldBytes += count;
    return at + count;
  }

  private beginData(bytes: Bytes, at: number, size: number): void {
    const flags = bytes[at + 4] as number;
    this.flags = flags;
    this.padding = 0;
    this.remaining = size;
    const padded = (flags & FLAG.padded) !== 0;
    // RFC 9113 section 6.1: the length of the padding has to stand there at least.
    if (padded && size === 0) throw new Http2Error('invalid-frame-size');
    this.inside = padded ? IN.padLength : IN.data;
    this.sink.onDataFrame(flags, readUint31(bytes, at + 5), size);
    if (size === 0) this.endData();
  }

  private readDataPart(bytes: Bytes, at: number): number {
    if (this.inside === IN.padLength) {
      const padding = bytes[at] as number;
      this.remaining--;
      if (padding > this.remaining) throw new Http2Error('invalid-padding');
      this.padding = padding;
      this.remaining -= padding;
      this.enterDataOrPadding();
      return at + 1;
    }
    const end = Math.min(at + this.remaining, bytes.length);
    this.remaining -= end - at;
    if (this.inside === IN.data) this.sink.onDataBytes(bytes, at, end);
    if (this.remaining === 0) {
      if (this.inside === IN.padding) this.endData();
      else this.enterDataOrPadding();
    }
    return end;
  }

  private enterDataOrPadding(): void {
    if (this.remaining > 0) {
      this.inside = IN.data;
    } else if (this.padding > 0 && this.inside !== IN.padding) {
      this.inside = IN.padding;
      this.remaining = this.padding;
    } else {
      this.endData();
    }
  }

  private endData(): void {
    this.inside = IN.none;
    const overhead = (this.flags & FLAG.padded) === 0 ? 0 : this.padding + 1;
    this.sink.onDataEnd(this.flags, overhead);
  }
}
