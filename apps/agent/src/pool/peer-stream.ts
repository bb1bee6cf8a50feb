import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type { PeerExchange } from './peer-exchange.ts';

/**
 * What one request has of a connection to a peer: all of it in HTTP/1.1 or raw TCP, a stream in HTTP/2. After a loss or
 * a bad response it is gone; in every other case its user must leave it.
 */
export interface PeerStream {
  begin(exchange: PeerExchange): void;
  /** Returns the size of the head in bytes. */
  sendHead(head: RequestHead, edit: RequestEdit): number;
  sendBody(bytes: Bytes, start: number, end: number): void;
  sendEnd(trailers: FieldSection | undefined): void;
  /** The caller of a tunnel will send nothing more. */
  sendFin(): void;
  switchToTunnel(): void;
  pauseReading(): void;
  resumeReading(): void;
  /** `complete`: the request was sent and the answer read, both to the end, so that the connection is clean. */
  leave(complete: boolean): void;
}
