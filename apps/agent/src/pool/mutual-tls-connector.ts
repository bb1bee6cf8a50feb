import type net from 'node:net';
import tls from 'node:tls';
import { serviceSpiffeId } from '@tulle/mesh/spiffe';
import type { Credentials } from '../mutual-tls/credentials.ts';
import { type PeerIdentity, readPeerIdentity } from '../mutual-tls/peer-certificate.ts';
import { alpnProtocols, type Connector, PeerIdentityError, type PeerProtocol } from './connector.ts';
import { connectTls } from './read-buffer.ts';

/** A ticket of the peer's, and whom its certificate named when it was looked at. */
interface Resumable {
  readonly session: Buffer;
  readonly peer: PeerIdentity;
  readonly generation: number;
}

/**
 * Mutual TLS to an agent that must prove to stand for a service. A connection resumes the session of the one before,
 * which halves what the handshake costs. Then no certificate is shown, and Node checks none: only the process that
 * made the ticket can take it up, so that the peer is whom its certificate named in the full handshake. That
 * certificate is looked at again, since it may have expired or been revoked, and a session is forgotten with the
 * identity or the trust bundle it was made with.
 */
export class MutualTlsConnector implements Connector {
  readonly readyEvent = 'secureConnect';
  readonly protocol: PeerProtocol;
  private readonly host: string;
  private readonly port: number;
  private readonly service: string;
  private readonly alpn: string[];
  private readonly credentials: Credentials;
  private resumable: Resumable | undefined = undefined;
  /** Those that were offered a session, with whom it was made. */
  private readonly offered = new WeakMap<net.Socket, PeerIdentity>();

  constructor(host: string, port: number, service: string, protocol: PeerProtocol, credentials: Credentials) {
    this.host = host;
    this.port = port;
    this.service = service;
    this.alpn = alpnProtocols[protocol];
    this.protocol = protocol === 'tcp' ? 'http2' : protocol;
    this.credentials = credentials;
  }

  get generation(): number {
    return this.credentials.generation;
  }

  isCurrent(generation: number): boolean {
    return generation === this.credentials.generation;
  }

  open(): net.Socket | undefined {
    const identity = this.credentials.current;
    if (identity === undefined) return undefined;
    const resumed = this.mayResume();
    const socket = connectTls({
      host: this.host,
      port: this.port,
      secureContext: identity.context,
      rejectUnauthorized: true,
      ALPNProtocols: this.alpn,
      session: resumed?.session,
      // Runs after the chain was verified, in a full handshake: SPIFFE takes the place of host names.
      checkServerIdentity: (_host, certificate) => this.mistakeOf(readPeerIdentity(certificate)),
    });
    if (resumed !== undefined) {
      this.offered.set(socket, resumed.peer);
      // A peer that cannot cope with the ticket must not be kept from the next attempt.
      socket.once('error', () => this.forget(resumed));
    }
    const { generation } = this;
    // Comes behind the handshake, for each ticket the peer sends; the last one is as good as any.
    socket.on('session', (session: Buffer) => this.keep(socket, session, generation));
    return socket;
  }

  identify(socket: net.Socket): PeerIdentity {
    const peer = this.peerOf(socket);
    const mistake = this.mistakeOf(peer);
    if (mistake !== undefined) throw mistake;
    return peer as PeerIdentity;
  }

  /**
   * Node's server makes tickets in full handshakes alone, so that one is shown several times: that both connections are
   * of the same caller (RFC 8446 appendix C.4) is no secret between two agents.
   */
  private mayResume(): Resumable | undefined {
    const { resumable } = this;
    if (resumable === undefined || !this.isCurrent(resumable.generation)) return undefined;
    return this.mistakeOf(resumable.peer) === undefined ? resumable : undefined;
  }

  private forget(resumed: Resumable): void {
    if (this.resumable === resumed) this.resumable = undefined;
  }

  private keep(socket: tls.TLSSocket, session: Buffer, generation: number): void {
    const peer = this.peerOf(socket);
    if (peer !== undefined && this.isCurrent(generation)) this.resumable = { session, peer, generation };
  }

  private peerOf(socket: net.Socket): PeerIdentity | undefined {
    if (!(socket instanceof tls.TLSSocket) || socket.destroyed || !socket.authorized) return undefined;
    return socket.isSessionReused()
      ? this.offered.get(socket)
      : readPeerIdentity(socket.getPeerCertificate());
  }

  private mistakeOf(peer: PeerIdentity | undefined): PeerIdentityError | undefined {
    const { credentials, service } = this;
    const trustDomain = credentials.current?.trustDomain;
    const expected = trustDomain === undefined ? '' : serviceSpiffeId(trustDomain, service);
    if (peer === undefined || peer.spiffeId !== expected)
      return new PeerIdentityError(`expected ${expected}, met ${peer?.spiffeId ?? 'no SPIFFE ID'}`);
    if (credentials.isRevoked(peer.serial))
      return new PeerIdentityError(`the certificate ${peer.serial} of ${expected} is revoked`);
    if (peer.notAfter <= Date.now())
      return new PeerIdentityError(`the certificate ${peer.serial} of ${expected} has expired`);
    return undefined;
  }
}
