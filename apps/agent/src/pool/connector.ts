import net from 'node:net';
import tls from 'node:tls';
import { serviceSpiffeId } from '@tulle/mesh/spiffe';
import type { Credentials } from '../mutual-tls/credentials.ts';
import { readPeerIdentity } from '../mutual-tls/peer-certificate.ts';

/** Opens the transport of a connection; knows nothing of what is spoken on it. */
export interface Connector {
  /** The event that says the socket can be used. */
  readonly readyEvent: 'connect' | 'secureConnect';
  /** Undefined when there is no certificate to show. */
  open(): net.Socket | undefined;
  /** Whether a connection made in `generation` may take another request. */
  isCurrent(generation: number): boolean;
  readonly generation: number;
}

export function plainConnector(host: string, port: number): Connector {
  return {
    readyEvent: 'connect',
    generation: 0,
    isCurrent: () => true,
    open: () => net.connect({ host, port }),
  };
}

/** The peer's certificate does not say what it must: the connection is refused for good, not for a bad moment. */
export class PeerIdentityError extends Error {
  override readonly name = 'PeerIdentityError';
}

/** Mutual TLS to an agent that must prove to stand for `service`. */
export function mutualTlsConnector(
  host: string,
  port: number,
  service: string,
  credentials: Credentials,
): Connector {
  return {
    readyEvent: 'secureConnect',
    get generation() {
      return credentials.generation;
    },
    isCurrent: (generation) => generation === credentials.generation,
    open() {
      const identity = credentials.current;
      if (identity === undefined) return undefined;
      const expected = serviceSpiffeId(identity.trustDomain, service);
      return tls.connect({
        host,
        port,
        secureContext: identity.context,
        rejectUnauthorized: true,
        ALPNProtocols: ['http/1.1'],
        // Runs after the chain was verified: SPIFFE takes the place of host names.
        checkServerIdentity: (_host, certificate) => {
          const peer = readPeerIdentity(certificate);
          if (peer?.spiffeId !== expected) {
            return new PeerIdentityError(`expected ${expected}, met ${peer?.spiffeId ?? 'no SPIFFE ID'}`);
          }
          if (credentials.isRevoked(peer.serial)) {
            return new PeerIdentityError(`the certificate ${peer.serial} of ${expected} is revoked`);
          }
          return undefined;
        },
      });
    },
  };
}
