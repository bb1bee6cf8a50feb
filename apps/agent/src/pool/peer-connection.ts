import type { Clock } from '../clock.ts';
import type { Turn } from '../forward/turn.ts';
import type { ProtocolRefusals } from '../record/protocol-refusals.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { PeerStream } from './peer-stream.ts';

export interface PeerEnvironment {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly idleTimeoutMs: number;
  /** Pools that are retired and still have connections: nobody else would keep their deadlines. */
  readonly leaving?: Set<ConnectionPool> | undefined;
  /** What sessions of HTTP/2 refuse; absent where nobody asks. */
  readonly refusals?: ProtocolRefusals | undefined;
}

/** A connection to a peer that is ready for requests, as its pool sees it. */
export interface PeerConnection {
  readonly openedAt: number;
  /** Of the credentials it was made with. */
  readonly generation: number;
  /** Of the peer's certificate; '' in plain text. */
  readonly serial: string;
  /** Requests that may begin on it now. */
  readonly capacity: number;
  /** Requests on it. */
  readonly active: number;
  readonly idleLimitMs: number;
  /** Since when nothing is on it; kept by the pool. */
  idleSince: number;
  /** Whether it stands among those the pool chooses from; kept by the pool. */
  offered: boolean;
  /** Open, and its peer's certificate still valid. */
  readonly isUsable: boolean;
  /** Only when there is capacity. */
  openStream(): PeerStream;
  /** Takes no further request: goes when the last on it ends, at once when there is none. */
  retire(): void;
  destroy(): void;
  sweep(now: number): void;
}
