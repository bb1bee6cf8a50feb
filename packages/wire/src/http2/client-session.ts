import type { ClientStream } from './client-stream.ts';
import { defaultLimits, type SessionLimits } from './limits.ts';
import { Http2Session } from './session.ts';
import type { ClientSessionOwner } from './session-owner.ts';

export interface ClientOptions {
  readonly limits?: Partial<SessionLimits>;
  /** Of every request on this connection. */
  readonly scheme: 'http' | 'https';
}

export class ClientSession extends Http2Session {
  protected readonly owner: ClientSessionOwner;
  protected readonly limits: SessionLimits;

  constructor(owner: ClientSessionOwner, options: ClientOptions) {
    super();
    this.owner = owner;
    this.limits = { ...defaultLimits, ...options.limits };
  }

  /**
   * A stream for one request, or undefined: the peer's limit of concurrent streams is reached, either side said
   * GOAWAY, the numbers are used up, or the connection is lost. It counts as open until it is closed or reset.
   */
  openStream(): ClientStream | undefined {
    return undefined;
  }

  /** How many more `openStream` would give now. Before the peer's SETTINGS came, 100 are presumed. */
  get capacity(): number {
    return 0;
  }

  /** The peer takes extended CONNECT (RFC 8441). */
  allowsConnectProtocol = false;
}
