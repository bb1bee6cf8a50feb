import type { ErrorCode } from './error-codes.ts';
import type { Http2Error, Http2ErrorReason } from './errors.ts';
import type { ServerStream } from './server-stream.ts';

/** The connection a session belongs to. It owns the socket; the session only says what to do with it. */
export interface SessionOwner {
  /** Called once when output waits; not again before it was taken. Take it at the end of the turn. */
  onOutput(): void;
  /**
   * The peer broke the protocol or a limit. A GOAWAY is in the output: flush, then close the socket. Every stream was
   * told before; nothing that is pushed from now on is read.
   */
  onFailure(error: Http2Error): void;
  /** The peer will open no more streams, or take none; those it has not processed were told. */
  onGoAway(code: ErrorCode): void;
  /** After {@link Http2Session.shutDown}: no stream is left; the connection may be closed. */
  onDrained(): void;
}

export interface ServerSessionOwner extends SessionOwner {
  /** Set `stream.handler`; the head follows at once. */
  onStream(stream: ServerStream): void;
  /** The head of a request broke a rule that concerns its stream alone: it was answered, or its stream reset. */
  onRefusedRequest?(reason: Http2ErrorReason): void;
}

export interface ClientSessionOwner extends SessionOwner {
  /** The peer's settings came, or a stream ended: `openStream` may give one where it did not before. */
  onCapacity(): void;
}
