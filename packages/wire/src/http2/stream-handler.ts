import type { Bytes } from '../http/bytes.ts';
import type { FieldSection } from '../http/field-section.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import type { ErrorCode } from './error-codes.ts';

/**
 * Receives what one stream brings, always in the order head, data*, end. A reset may take the place of any of them
 * and is the last event. Bytes are a range of what was pushed, valid during the call; a head is valid until its stream
 * is over, trailers during the call.
 */
export interface StreamHandler {
  onData(bytes: Bytes, start: number, end: number): void;
  /** The peer sends nothing more. Follows at once on a head that came with the end of its stream. */
  onEnd(trailers: FieldSection | undefined): void;
  /**
   * The stream is over before its time: reset by the peer, refused by this codec, or lost with its connection.
   * `untouched`: the peer says it did nothing for it (RFC 9113 section 8.7), so it may be tried elsewhere.
   * Not called for a reset of one's own, nor when the peer resets without an error behind a complete response: what is
   * still sent then goes nowhere.
   */
  onReset(code: ErrorCode, untouched: boolean): void;
  /** What `sendData` had to queue has left: more may be sent. */
  onWindow(): void;
}

export interface RequestHandler extends StreamHandler {
  onHead(head: RequestHead, ended: boolean): void;
}

export interface ResponseHandler extends StreamHandler {
  /** The final head. */
  onHead(head: ResponseHead, ended: boolean): void;
  /** A 1xx before the final head; valid during the call. */
  onInterim(head: ResponseHead): void;
}

class NoHandler implements RequestHandler, ResponseHandler {
  onHead(): void {}
  onInterim(): void {}
  onData(): void {}
  onEnd(): void {}
  onReset(): void {}
  onWindow(): void {}
}

/** Takes events nobody waits for any more. */
export const noHandler = new NoHandler();
