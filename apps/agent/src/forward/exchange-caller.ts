import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import type { PeerIdentity } from '../mutual-tls/peer-certificate.ts';
import type { HeadChange } from '../router/route-decision.ts';
import type { Exchange } from './exchange.ts';
import type { MeshAnswer } from './mesh-answer.ts';

/** Who is at the other end of a connection that requests come in on. */
export interface Caller {
  /** Undefined where no certificate was asked for. */
  readonly identity: PeerIdentity | undefined;
  /** Address of the other end, without port; '' when it is gone. */
  readonly remoteAddress: string;
}

/**
 * A connection of HTTP/1.1 that is to go is closed once it was quiet for this long. Until then its next answer says
 * `Connection: close`: a caller that writes a request just as the connection is closed under it cannot know whether
 * the request was read (RFC 9112 section 9.6), and one that waited for nothing is not about to.
 */
export const QUIET_MS = 1_000;

/** What is spoken on it: not known before its first bytes. */
export type CallerProtocol = 'http1' | 'http2' | 'tcp' | 'unread';

/** A connection requests come in on, as the data plane sees it. */
export interface CallerConnection extends Caller {
  readonly protocol: CallerProtocol;
  /** No further request is wanted: the connection goes with its last answer, or when it has been quiet. */
  retire(): void;
  destroy(): void;
  /** Bytes that are held for it because it does not read. */
  readonly waitingBytes: number;
  sweep(now: number): void;
}

/** The caller's side of an exchange: one request of an HTTP/1.1 connection, or one stream of HTTP/2. */
export interface ExchangeCaller {
  sendInterim(head: ResponseHead): void;
  /** Passes the head on and returns its size in bytes. */
  sendHead(head: ResponseHead, fromAgent: boolean, change: HeadChange | undefined): number;
  sendBody(bytes: Bytes, start: number, end: number): void;
  sendEnd(trailers: FieldSection | undefined): void;
  /** An answer of the mesh's own, complete; only before any head was sent. */
  sendAnswer(answer: MeshAnswer): void;
  /** The answer cannot be completed: the only honest sign is a broken connection or stream. */
  abort(): void;
  pauseReading(): void;
  resumeReading(): void;
  switchToTunnel(): void;
  exchangeOver(exchange: Exchange): void;
}
