import net from 'node:net';
import tls from 'node:tls';
import type { HopProtocol } from '@tulle/mesh/policy';
import type { Protocol } from '@tulle/mesh/service';
import { serviceSpiffeId } from '@tulle/mesh/spiffe';
import type { Credentials } from '../mutual-tls/credentials.ts';
import { readPeerIdentity } from '../mutual-tls/peer-certificate.ts';

/** What is spoken with a peer: a version of HTTP, or bytes nobody here understands. */
export type PeerProtocol = HopProtocol | 'tcp';

/** Opens the transport of a connection and says what is to be spoken on it. */
export interface Connector {
  /** The event that says the socket can be used. */
  readonly readyEvent: 'connect' | 'secureConnect';
  /** What will be spoken if the peer agrees: how many requests a connection being opened is expected to take. */
  readonly protocol: PeerProtocol;
  /** Undefined when there is no certificate to show. */
  open(): net.Socket | undefined;
  /** Whether a connection made in `generation` may take another request. */
  isCurrent(generation: number): boolean;
  readonly generation: number;
}

/** How a service that speaks `protocol` is called directly, or between agents where `hop` is wanted. */
export function hopTo(protocol: Protocol, hop?: HopProtocol): PeerProtocol {
  if (protocol === 'tcp' || protocol === 'tls') return 'tcp';
  if (hop !== undefined) return hop;
  return protocol === 'http2' || protocol === 'grpc' ? 'http2' : 'http1';
}

/** HTTP/2 with prior knowledge (RFC 9113 section 3.3), HTTP/1.1, or bytes that end in each direction on its own. */
export function plainConnector(host: string, port: number, protocol: PeerProtocol): Connector {
  return {
    readyEvent: 'connect',
    protocol,
    generation: 0,
    isCurrent: () => true,
    open: () => net.connect({ host, port, allowHalfOpen: protocol === 'tcp' }),
  };
}

/** The peer's certificate does not say what it must: the connection is refused for good, not for a bad moment. */
export class PeerIdentityError extends Error {
  override readonly name = 'PeerIdentityError';
}

/** ALPN (RFC 7301) by what is wanted; an agent that speaks only HTTP/1.1 is still understood. */
export const alpnProtocols: Readonly<Record<PeerProtocol, string[]>> = {
  http2: ['h2', 'http/1.1'],
  http1: ['http/1.1'],
  // Bytes pass between agents inside of CONNECT, each connection on a stream of its own.
  tcp: ['h2'],
};

/** Mutual TLS to an agent that must prove to stand for `service`. */
export function mutualTlsConnector(
  host: string,
  port: number,
  service: string,
  protocol: PeerProtocol,
  credentials: Credentials,
): Connector {
  return {
    readyEvent: 'secureConnect',
    protocol: protocol === 'tcp' ? 'http2' : protocol,
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
        ALPNProtocols: alpnProtocols[protocol],
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
