import type net from 'node:net';
import tls from 'node:tls';
import type { DataPlaneLogger } from '../data-plane.ts';
import { Http1Caller } from '../forward/http1-caller.ts';
import { Http2Caller } from '../forward/http2-caller.ts';
import type { CallerEnvironment, Passage } from '../forward/passage.ts';
import type { Credentials } from '../mutual-tls/credentials.ts';
import { readX509Identity } from '../mutual-tls/peer-certificate.ts';
import { shareReads } from '../pool/read-buffer.ts';

const HANDSHAKE_TIMEOUT_MS = 5_000;
/** For so long a caller may resume its session; then it shows its certificate again. */
const SESSION_TIMEOUT_S = 3_600;
/** Whoever learns the key of tickets can pass for those they were made for: none is used for longer than a day. */
const TICKET_KEY_AGE_MS = 86_400_000;

/**
 * The port other agents call. Fail closed: without an identity there is no certificate and every handshake
 * fails; a chain that does not lead to the trust bundle is refused by OpenSSL; a certificate that is no
 * service of this trust domain, or is revoked, is refused here before a byte of it is read.
 */
export class MutualTlsListener {
  readonly server: tls.Server;
  private readonly credentials: Credentials;
  private readonly logger: DataPlaneLogger;
  /** Of all connections, so that one whose handshake hangs can be ended as well. */
  private readonly sockets = new Set<net.Socket>();

  constructor(
    passage: Passage,
    environment: CallerEnvironment,
    credentials: Credentials,
    logger: DataPlaneLogger,
    mayAccept: (socket: net.Socket) => boolean,
  ) {
    this.credentials = credentials;
    this.logger = logger;
    this.server = tls.createServer({
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      requestCert: true,
      rejectUnauthorized: true,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      noDelay: true,
      keepAlive: true,
      sessionTimeout: SESSION_TIMEOUT_S,
      // An empty list trusts nobody; leaving it out would trust every public authority.
      ca: [],
    });
    this.server.on('connection', (socket: net.Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      // A handshake is much work, and may hold a descriptor for its whole time.
      if (!mayAccept(socket)) socket.destroy();
    });
    this.server.on('secureConnection', (socket) => {
      const identity = this.identify(socket);
      shareReads(socket);
      if (identity === undefined || !mayAccept(socket)) socket.destroy();
      else if (socket.alpnProtocol === 'h2') new Http2Caller(socket, passage, environment, identity);
      else new Http1Caller(socket, passage, environment, identity);
    });
    const rotation = setInterval(() => this.useIdentity(), TICKET_KEY_AGE_MS);
    rotation.unref();
    this.server.once('close', () => clearInterval(rotation));
    this.server.on('tlsClientError', (error, socket) => {
      logger.debug({ remote: socket.remoteAddress, reason: error.message }, 'refused a handshake');
      socket.destroy();
    });
  }

  /**
   * New connections use the present identity, and new keys for tickets: what was made with the former identity, or
   * under the former roots, is not resumed. `ca` is passed every time, because leaving it out resets it.
   */
  useIdentity(): void {
    const identity = this.credentials.current;
    if (identity !== undefined) this.server.setSecureContext(identity.options);
  }

  destroyConnections(): void {
    for (const socket of [...this.sockets]) socket.destroy();
  }

  /** Also of a resumed session the certificate is known, from the ticket; OpenSSL does not look at its dates again. */
  private identify(socket: tls.TLSSocket) {
    const peer = socket.authorized ? readX509Identity(socket.getPeerX509Certificate()) : undefined;
    const trustDomain = this.credentials.current?.trustDomain;
    const accepted =
      peer !== undefined &&
      peer.trustDomain === trustDomain &&
      peer.notAfter > Date.now() &&
      !this.credentials.isRevoked(peer.serial);
    if (accepted) return peer;
    this.logger.warn(
      { remote: socket.remoteAddress, peer: peer?.spiffeId, serial: peer?.serial },
      'refused a caller without a valid identity',
    );
    return undefined;
  }
}
