import type { Bytes } from '../http/bytes.ts';
import { FLAG, FRAME, HEADER_BYTES, writeFrameHeader } from './frame-header.ts';
import type { Output } from './output.ts';
import { INITIAL_WINDOW_BYTES } from './settings.ts';
import type { Http2Stream } from './stream.ts';

/** With as much in the output the streams are told to wait: what they give meanwhile is still taken. */
const FULL_BYTES = 256 * 1024;
/** Up to here a loop is faster than a call into native code. */
const LOOP_BYTES = 32;

/**
 * Sends DATA within both windows (RFC 9113 section 5.2). Streams that have to wait for the window of the connection, for
 * room in the output or for the socket stand in a ring and take turns of one frame; a stream whose own window is used up
 * stands aside until it is given more.
 */
export class DataSender {
  /** What the peer takes on all streams together; below 0 never. */
  window = INITIAL_WINDOW_BYTES;
  maxFrameBytes: number;
  private readonly output: Output;
  private writable = true;
  private first: Http2Stream | undefined = undefined;
  private last: Http2Stream | undefined = undefined;
  private draining = false;

  constructor(output: Output, maxFrameBytes: number) {
    this.output = output;
    this.maxFrameBytes = maxFrameBytes;
  }

  get isWritable(): boolean {
    return this.writable;
  }

  setWritable(writable: boolean): void {
    this.writable = writable;
    this.drain();
  }

  /** False: some of it has to wait, or what comes next. */
  send(stream: Http2Stream, bytes: Bytes, start: number, end: number): boolean {
    let from = start;
    const { outbox } = stream;
    if (outbox.size === 0) {
      while (from < end) {
        const length = this.allowance(stream, end - from);
        if (length === 0) break;
        this.write(stream, bytes, from, from + length);
        from += length;
      }
      if (from === end) {
        if (this.hasRoom) return true;
        this.stand(stream);
        return false;
      }
    }
    outbox.add(bytes, from, end);
    this.queue(stream);
    return false;
  }

  /** Streams wait, and could send. */
  get mayGoOn(): boolean {
    return this.first !== undefined && this.canDrain;
  }

  /** Output was handed over. */
  goOn(): void {
    this.drain();
  }

  /** The window of the connection grew. */
  widen(increment: number): void {
    this.window += increment;
    this.drain();
  }

  /** A stream may have become able to send. */
  wake(stream: Http2Stream): void {
    if (stream.outbox.size === 0 || stream.sendWindow <= 0) return;
    this.queue(stream);
    this.drain();
  }

  private allowance(stream: Http2Stream, wanted: number): number {
    if (!this.writable) return 0;
    return Math.max(0, Math.min(wanted, this.window, stream.sendWindow, this.maxFrameBytes));
  }

  private get canDrain(): boolean {
    return this.writable && this.window > 0 && this.hasRoom;
  }

  private get hasRoom(): boolean {
    return this.output.pendingBytes < FULL_BYTES;
  }

  private queue(stream: Http2Stream): void {
    if (stream.sendWindow > 0) this.stand(stream);
  }

  private stand(stream: Http2Stream): void {
    if (stream.isWaiting) return;
    stream.isWaiting = true;
    if (this.last === undefined) this.first = stream;
    else this.last.nextWaiting = stream;
    this.last = stream;
  }

  private unqueue(): Http2Stream | undefined {
    const stream = this.first;
    if (stream === undefined) return undefined;
    this.first = stream.nextWaiting;
    if (this.first === undefined) this.last = undefined;
    stream.nextWaiting = undefined;
    stream.isWaiting = false;
    return stream;
  }

  private drain(): void {
    // A stream that is told to go on may come back here; the loop below then finds what it queued.
    if (this.draining) return;
    this.draining = true;
    while (this.canDrain) {
      const stream = this.unqueue();
      if (stream === undefined) break;
      const { outbox } = stream;
      if (outbox.size === 0) {
        if (!stream.isFinished) stream.onDrained();
        continue;
      }
      const length = this.allowance(stream, outbox.end - outbox.start);
      if (length === 0) continue;
      this.write(stream, outbox.bytes, outbox.start, outbox.start + length);
      outbox.advance(length);
      if (outbox.size > 0) this.queue(stream);
      else stream.onDrained();
    }
    this.draining = false;
  }

  private write(stream: Http2Stream, bytes: Bytes, start: number, end: number): void {
    const { output } = this;
    const length = end - start;
    this.window -= length;
    stream.sendWindow -= length;
    output.reserve(HEADER_BYTES + length);
    const { slab, at } = output;
    writeFrameHeader(slab, at, length, FRAME.data, 0, stream.id);
    output.markFlags(at + 4, stream.id);
    const to = at + HEADER_BYTES;
    if (length <= LOOP_BYTES) for (let i = 0; i < length; i++) slab[to + i] = bytes[start + i] as number;
    else bytes.copy(slab, to, start, end);
    output.at = to + length;
  }

  /** An empty frame that ends the stream; windows do not concern it. */
  writeEnd(stream: Http2Stream): void {
    const { output } = this;
    // When its last frame has not left yet, that one says it.
    if (output.addFlag(stream.id, FLAG.endStream)) return;
    output.reserve(HEADER_BYTES);
    writeFrameHeader(output.slab, output.at, 0, FRAME.data, FLAG.endStream, stream.id);
    output.at += HEADER_BYTES;
  }
}
