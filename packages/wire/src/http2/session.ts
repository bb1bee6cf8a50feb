import type { Bytes } from '../http/bytes.ts';
import { ERROR, type ErrorCode } from './error-codes.ts';

/** Where output goes: a socket has this shape. */
export interface OutputTarget {
  write(bytes: Bytes): unknown;
}

/** One HTTP/2 connection (RFC 9113), seen from either side. */
export abstract class Http2Session {
  /** Streams that are open. */
  streamCount = 0;

  /** Writes our preface. Call once, before anything else. */
  start(): void {}

  /** What the socket gave, at `nowMs` of any clock that only goes forward. */
  push(_bytes: Bytes, _nowMs: number): void {}

  /** Hands all output over in order; the bytes are never written to again. */
  flushTo(_target: OutputTarget): void {}

  /** The same as a list. */
  takeOutput(): Bytes[] {
    return [];
  }

  get pendingBytes(): number {
    return 0;
  }

  /** While the socket takes nothing DATA is queued; heads and control frames are still written. */
  setWritable(_writable: boolean): void {}

  /** Asks the peer for a sign of life; {@link pingSentAtMs} says since when an answer is due. */
  ping(_nowMs: number): void {}

  /** When the PING without an answer was sent; -1 when none is outstanding. */
  pingSentAtMs = -1;
  /** What the last answered PING took; -1 before. */
  roundTripMs = -1;

  /**
   * Ends the connection without losing a stream (RFC 9113 section 6.8): no stream of ours is opened any more, GOAWAY
   * says so to the peer, a second one follows when a PING came back; `onDrained` when the last stream has ended.
   */
  shutDown(): void {}

  /** Ends the connection at once: GOAWAY is in the output, every stream is told. */
  abort(_code: ErrorCode = ERROR.internal): void {}

  /** The socket is gone: every stream is told. */
  lose(): void {}
}
