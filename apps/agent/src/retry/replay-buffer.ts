import { type Bytes, newBytes } from '@tulle/wire/http/bytes';
import { giveSlab, takeSlab } from '@tulle/wire/http/slabs';

/** Where a body goes; an attempt is one. */
export interface BodySink {
  sendBody(bytes: Bytes, start: number, end: number): void;
}

interface Segment {
  readonly bytes: Bytes;
  readonly start: number;
  end: number;
}

const FIRST_BLOCK_BYTES = 1_024;
/** From here on blocks are slabs, which are used again. */
const SLAB_BLOCK_BYTES = 8 * 1_024;
/** What one read of a socket may bring, and what may be left unused behind it. */
const MAX_BLOCK_BYTES = 64 * 1_024;
const MAX_SPARE_BYTES = 16 * 1_024;

/**
 * What has come of a request's body so far, for another try; up to `maxBytes`, beyond which it lets go of all. It holds
 * about twice as much memory at most: chunks are copied into blocks that grow with what came.
 */
export class ReplayBuffer {
  private readonly maxBytes: number;
  private readonly segments: Segment[] = [];
  private readonly blocks: Bytes[] = [];
  private size = 0;
  private copied = 0;
  private block: Bytes | undefined = undefined;
  private blockUsed = 0;
  private whole = true;
  private awaited = false;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** All that came is here: another try can be made. */
  get isWhole(): boolean {
    return this.whole;
  }

  add(bytes: Bytes, start: number, end: number): void {
    if (!this.whole || start === end) return;
    const length = end - start;
    if (this.size + length > this.maxBytes && !this.awaited) {
      this.giveUp();
      return;
    }
    this.size += length;
    this.copy(bytes, start, end);
  }

  /**
   * Another try was decided on. Until it is sent to, all that still comes is kept whatever its size, because the try
   * needs it; callers stop reading meanwhile, so that is little.
   */
  expectTry(): void {
    this.awaited = this.whole;
  }

  /** Sends all that came to a try that begins; from then on it is given chunks as they come. */
  sendTo(sink: BodySink): void {
    for (const { bytes, start, end } of this.segments) sink.sendBody(bytes, start, end);
    this.awaited = false;
    if (this.size > this.maxBytes) this.giveUp();
  }

  /** Nothing can be repeated any more. */
  giveUp(): void {
    this.whole = false;
    this.awaited = false;
    for (const block of this.blocks.splice(0)) giveSlab(block);
    this.segments.length = 0;
    this.block = undefined;
    this.size = 0;
    this.copied = 0;
  }

  private copy(bytes: Bytes, start: number, end: number): void {
    this.copied += end - start;
    let from = start;
    while (from < end) {
      const block = this.block ?? this.openBlock(end - from);
      const at = this.blockUsed;
      const count = Math.min(end - from, block.length - at);
      bytes.copy(block, at, from, from + count);
      this.appendSegment(block, at, at + count);
      from += count;
      this.blockUsed += count;
      if (this.blockUsed === block.length) this.block = undefined;
    }
  }

  /** As large as all that came so far: many small chunks become few blocks. */
  private openBlock(atLeast: number): Bytes {
    const spare = Math.min(this.copied, MAX_SPARE_BYTES);
    const bytes = Math.max(FIRST_BLOCK_BYTES, Math.min(atLeast, MAX_BLOCK_BYTES), spare);
    const block = bytes < SLAB_BLOCK_BYTES ? newBytes(bytes) : takeSlab(bytes);
    this.blocks.push(block);
    this.block = block;
    this.blockUsed = 0;
    return block;
  }

  private appendSegment(bytes: Bytes, start: number, end: number): void {
    const last = this.segments.at(-1);
    if (last?.bytes === bytes) last.end = end;
    else this.segments.push({ bytes, start, end });
  }
}
