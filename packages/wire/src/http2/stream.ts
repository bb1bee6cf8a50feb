import type { Bytes } from '../http/bytes.ts';
import type { FieldSection } from '../http/field-section.ts';
import type { ErrorCode } from './error-codes.ts';
import { noHandler, type StreamHandler } from './stream-handler.ts';

/** One stream, seen from either side. After its end or reset it may be kept, but does nothing. */
export abstract class Http2Stream {
  /** 0 until the head of a request is sent. */
  id = 0;
  handler: StreamHandler = noHandler;

  /** Sends the range, or queues what the windows do not allow. False: queued; wait for `onWindow`. */
  sendData(_bytes: Bytes, _start: number, _end: number): boolean {
    throw new Error('not written yet');
  }

  /** Behind all data. Trailers are read during the call. */
  sendEnd(_trailers: FieldSection | undefined): void {}

  /** Ends the stream in both directions; what is queued is dropped, and no event follows. */
  reset(_code: ErrorCode): void {}

  /** Between pause and resume neither data nor the end behind it is given; what comes waits here, at most a window. */
  pause(): void {}

  resume(): void {}

  get isPaused(): boolean {
    return false;
  }

  /** Data waits for a window or for the socket. An owner may time how long. */
  get isBlocked(): boolean {
    return false;
  }

  /** Both directions have ended, or the stream was reset. */
  get isClosed(): boolean {
    return false;
  }
}
