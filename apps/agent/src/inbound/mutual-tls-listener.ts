import type net from 'node:net';
import type tls from 'node:tls';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { CallerEnvironment, Passage } from '../forward/passage.ts';
import { type TlsEntry, TlsListener, type TlsListenerOwner } from '../forward/tls-listener.ts';
import type { Credentials } from '../mutual-tls/credentials.ts';
import { readX509Identity } from '../mutual-tls/peer-certificate.ts';

const options: tls.TlsOptions = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  requestCert: true,
  rejectUnauthorized: true,
  // An empty list trusts nobody; leaving it out would trust every public authority.
  ca: [],
};

/**
 * The port other agents call. Fail closed: without an identity there is no certificate and every handshake
 * fails; a chain that does not lead to the trust bundle is refused by OpenSSL; a certificate that is no
 * service of this trust domain, or is revoked, is refused here before a byte of it is read.
 */
export class MutualTlsListener implements TlsListenerOwner {
  private readonly listener: TlsListener;
  private readonly passage: Passage;
  private readonly credentials: Credentials;
  private readonly logger: DataPlaneLogger;

  constructor(
    passage: Passage,
    environment: CallerEnvironment,
    credentials: Credentials,
    logger: DataPlaneLogger,
    mayAccept: (socket: net.Socket) => boolean,
  ) {
    this.passage = passage;
    this.credentials = credentials;
    this.logger = logger;
    this.listener = new TlsListener(options, { environment, logger, mayAccept }, this);
  }

  get server(): tls.Server {
    return this.listener.server;
  }

  /**
   * New connections use the present identity, and new keys for tickets: what was made with the former identity, or
   * under the former roots, is not resumed. `ca` is passed every time, because leaving it out resets it.
   */
  renewContext(): void {
    const identity = this.credentials.current;
    if (identity !== undefined) this.server.setSecureContext(identity.options);
  }

  destroyConnections(): void {
    this.listener.destroyConnections();
  }

  /** Also of a resumed session the certificate is known, from the ticket; OpenSSL does not look at its dates again. */
  enter(socket: tls.TLSSocket): TlsEntry | undefined {
    const peer = socket.authorized ? readX509Identity(socket.getPeerX509Certificate()) : undefined;
    const trustDomain = this.credentials.current?.trustDomain;
    const accepted =
      peer !== undefined &&
      peer.trustDomain === trustDomain &&
      peer.notAfter > Date.now() &&
      !this.credentials.isRevoked(peer.serial);
    if (accepted) return { passage: this.passage, identity: peer };
    this.logger.warn(
      { remote: socket.remoteAddress, peer: peer?.spiffeId, serial: peer?.serial },
      'refused a caller without a valid identity',
    );
    return undefined;
  }
}
