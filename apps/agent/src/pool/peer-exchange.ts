import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { DataPathErrorCode } from '../errors.ts';

/**
 * Whether the peer can have acted on a request whose connection is gone: `never` when it says so itself, `unlikely` when
 * a kept connection closed just as we wrote to it, else `maybe`.
 */
export type Reached = 'never' | 'unlikely' | 'maybe';

/** One request on its way to a peer, as the connection sees it. */
export interface PeerExchange {
  onInterim(head: ResponseHead): void;
  onResponseHead(head: ResponseHead): void;
  onResponseBody(bytes: Bytes, start: number, end: number): void;
  onResponseEnd(trailers: FieldSection | undefined): void;
  /** The peer does not take such a request, and was not sent it; the stream is still to be left. */
  onUnfit(code: DataPathErrorCode, detail: string): void;
  /** The answer cannot be read, or broke off; the stream is gone. */
  onBadResponse(code: 'bad_response' | 'peer_reset', detail: string): void;
  /** The stream is gone before the head of an answer. */
  onPeerLost(reached: Reached, detail: string): void;
  onPeerBlocked(): void;
  onPeerDrained(): void;
}
