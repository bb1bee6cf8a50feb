import { defaultLimits, type SessionLimits } from './limits.ts';
import { Http2Session } from './session.ts';
import type { ServerSessionOwner } from './session-owner.ts';

export interface ServerOptions {
  readonly limits?: Partial<SessionLimits>;
  /** Take extended CONNECT (RFC 8441); true by default. */
  readonly connectProtocol?: boolean;
}

export class ServerSession extends Http2Session {
  protected readonly owner: ServerSessionOwner;
  protected readonly limits: SessionLimits;

  constructor(owner: ServerSessionOwner, options: ServerOptions = {}) {
    super();
    this.owner = owner;
    this.limits = { ...defaultLimits, ...options.limits };
  }
}
