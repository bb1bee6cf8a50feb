import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { DataPathErrorCode } from '../errors.ts';
import type { Exchange } from './exchange.ts';

/** The caller's side of an exchange: one request of a connection, or later one stream of it. */
export interface ExchangeCaller {
  sendInterim(head: ResponseHead): void;
  /** Passes the head on and returns its size in bytes. */
  sendHead(head: ResponseHead, fromAgent: boolean): number;
  sendBody(bytes: Bytes, start: number, end: number): void;
  sendEnd(trailers: FieldSection | undefined): void;
  /** An answer of the mesh's own; only before any head was sent. */
  sendError(code: DataPathErrorCode, detail: string): void;
  /** The answer cannot be completed: the only honest sign is a broken connection. */
  abort(): void;
  pauseReading(): void;
  resumeReading(): void;
  switchToTunnel(): void;
  exchangeOver(exchange: Exchange): void;
}
