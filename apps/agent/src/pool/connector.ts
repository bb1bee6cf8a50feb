import net from 'node:net';
import type { HopProtocol } from '@tulle/mesh/policy';
import type { Protocol } from '@tulle/mesh/service';
import type { PeerIdentity } from '../mutual-tls/peer-certificate.ts';
import { connectTcp } from './read-buffer.ts';

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
  /**
   * Who is at the other end of a connection that is ready; undefined where no certificate of the mesh is asked for.
   * Throws a {@link PeerIdentityError} when it is nobody to talk to after all.
   */
  identify(socket: net.Socket): PeerIdentity | undefined;
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
    // Who speaks first on TCP may do so before anybody listens, which needs a stream's own buffer.
    open: () =>
      protocol === 'tcp' ? net.connect({ host, port, allowHalfOpen: true }) : connectTcp({ host, port }),
    identify: () => undefined,
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
