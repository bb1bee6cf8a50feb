import { type Bytes, newBytes, noBytes } from '../http/bytes.ts';
import { Http2Error } from './errors.ts';
import { FLAG, readUint31 } from './frame-header.ts';
import type { SessionLimits } from './limits.ts';

/** The part of a HEADERS frame before its fields, and the parts of one spread over several frames. */
export class HeadBlock {
  /** Stream of a head whose CONTINUATION is due; 0 between heads. */
  stream = 0;
  ended = false;
  /** RFC 9113 section 5.3.2 ignores priorities; that no stream depends on itself is still asked (RFC 7540, 5.3.1). */
  dependsOnItself = false;
  /** The block of the last frame, or of all when they were complete. */
  bytes: Bytes = noBytes;
  start = 0;
  end = 0;
  private held: Bytes = noBytes;
  private heldBytes = 0;
  private continuations = 0;
  private readonly maxBytes: number;
  private readonly maxContinuations: number;

  constructor(limits: SessionLimits) {
    this.maxBytes = limits.maxHeadBytes;
    this.maxContinuations = limits.maxContinuations;
  }

  /** Reads a HEADERS frame (RFC 9113 section 6.2). True when the block is complete. */
  begin(flags: number, stream: number, bytes: Bytes, start: number, end: number): boolean {
    let from = start;
    let to = end;
    if ((flags & FLAG.padded) !== 0) {
      if (from === to) throw new Http2Error('invalid-frame-size');
      to -= bytes[from++] as number;
    }
    this.dependsOnItself = false;
    if ((flags & FLAG.priority) !== 0) {
      if (end - from < 5) throw new Http2Error('invalid-frame-size');
      this.dependsOnItself = readUint31(bytes, from) === stream;
      from += 5;
    }
    if (to < from) throw new Http2Error('invalid-padding');
    this.ended = (flags & FLAG.endStream) !== 0;
    this.bytes = bytes;
    this.start = from;
    this.end = to;
    if ((flags & FLAG.endHeaders) !== 0) return true;
    this.stream = stream;
    this.continuations = 0;
    this.heldBytes = 0;
    this.keep(bytes, from, to);
    return false;
  }

  /** Reads a CONTINUATION frame. True when the block is complete. */
  continue(flags: number, bytes: Bytes, start: number, end: number): boolean {
    this.continuations++;
    if (this.continuations > this.maxContinuations) throw new Http2Error('too-many-continuations');
    this.keep(bytes, start, end);
    if ((flags & FLAG.endHeaders) === 0) return false;
    this.stream = 0;
    this.bytes = this.held;
    this.start = 0;
    this.end = this.heldBytes;
    this.held = noBytes;
    return true;
  }

  /** A block is never larger than what it says, so one that is too large need not be decoded to be known as such. */
  private keep(bytes: Bytes, start: number, end: number): void {
    const total = this.heldBytes + end - start;
    if (total > this.maxBytes) throw new Http2Error('head-too-large');
    if (total > this.held.length) {
      const grown = newBytes(Math.min(this.maxBytes, total * 2));
      this.held.copy(grown, 0, 0, this.heldBytes);
      this.held = grown;
    }
    bytes.copy(this.held, this.heldBytes, start, end);
    this.heldBytes = total;
  }
}
