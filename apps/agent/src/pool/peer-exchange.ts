import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { WireError } from '@tulle/wire/http1/errors';

/** The exchange a connection works for, as the connection sees it. */
export interface PeerExchange {
  onInterim(head: ResponseHead): void;
  onResponseHead(head: ResponseHead): void;
  onResponseBody(bytes: Bytes, start: number, end: number): void;
  onResponseEnd(trailers: FieldSection | undefined): void;
  onBadResponse(error: WireError): void;
  /** `untouched`: not a byte of an answer had come. */
  onPeerLost(untouched: boolean, detail: string): void;
  onPeerBlocked(): void;
  onPeerDrained(): void;
}
