import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { DataPathErrorCode } from '../errors.ts';
import type { PeerIdentity } from '../mutual-tls/peer-certificate.ts';
import { connectFailureCode } from './connect-failure.ts';
import { type Connector, PeerIdentityError, type PeerProtocol } from './connector.ts';

/** Finds peers that vanished without a word. */
const KEEP_ALIVE_DELAY_MS = 30_000;

/** A transport that is ready, and what is known of it. */
export interface Transport {
  readonly socket: Socket;
  readonly protocol: PeerProtocol;
  readonly secure: boolean;
  readonly openedAt: number;
  readonly generation: number;
  /** Serial of the peer's certificate; '' in plain text. */
  readonly serial: string;
  /** When that certificate expires, milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface DialOwner {
  onReady(dial: Dial, transport: Transport): void;
  onFailed(dial: Dial, code: DataPathErrorCode, detail: string): void;
}

/** A connection that is being made: TCP, TLS, and what ALPN agreed on. */
export class Dial {
  readonly startedAt = performance.now();
  private readonly socket: Socket;
  private readonly connector: Connector;
  private readonly generation: number;
  private readonly owner: DialOwner;
  private settled = false;
  private failure: Error | undefined = undefined;
  private readonly onError = (error: Error) => {
    this.failure ??= error;
  };
  private readonly onClose = () => this.fail(connectFailureCode(this.failure), this.failure?.message ?? '');

  constructor(socket: Socket, connector: Connector, owner: DialOwner) {
    this.socket = socket;
    this.connector = connector;
    this.generation = connector.generation;
    this.owner = owner;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    socket.once(connector.readyEvent, () => this.succeed());
    socket.once('error', this.onError);
    socket.once('close', this.onClose);
  }

  fail(code: DataPathErrorCode, detail: string): void {
    if (this.settled) return;
    this.settled = true;
    // A late error must still find a listener.
    this.socket.destroy();
    this.owner.onFailed(this, code, detail);
  }

  private succeed(): void {
    if (this.settled) return;
    const { socket, connector, generation, startedAt } = this;
    let identity: PeerIdentity | undefined;
    try {
      identity = connector.identify(socket);
    } catch (error) {
      if (!(error instanceof PeerIdentityError)) throw error;
      this.fail('identity_rejected', error.message);
      return;
    }
    this.settled = true;
    socket.removeListener('error', this.onError);
    socket.removeListener('close', this.onClose);
    const secure = socket instanceof TLSSocket;
    this.owner.onReady(this, {
      socket,
      protocol: secure && connector.protocol !== 'tcp' ? agreedProtocol(socket) : connector.protocol,
      secure,
      openedAt: startedAt,
      generation,
      serial: identity?.serial ?? '',
      expiresAt: identity?.notAfter ?? Number.POSITIVE_INFINITY,
    });
  }
}

/** By ALPN; who says nothing speaks HTTP/1.1. */
function agreedProtocol(socket: TLSSocket): PeerProtocol {
  return socket.alpnProtocol === 'h2' ? 'http2' : 'http1';
}
