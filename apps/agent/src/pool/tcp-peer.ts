import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Bytes, copyBytes } from '@tulle/wire/http/bytes';
import { ResponseHead } from '@tulle/wire/http/message-head';
import type { ConnectionPool } from './connection-pool.ts';
import type { Transport } from './dial.ts';
import type { PeerConnection, PeerEnvironment } from './peer-connection.ts';
import type { PeerExchange } from './peer-exchange.ts';
import type { PeerStream } from './peer-stream.ts';

/** How long a connection both sides have ended may take to send what it still holds, without a byte leaving. */
const FLUSH_TIMEOUT_MS = 30_000;

/** The answer to CONNECT (RFC 9110 section 9.3.6): a connection that is there is all that was asked for. */
const established = new ResponseHead(1);
established.status = 200;
established.framing = 'tunnel';

/** A TCP connection to a service whose bytes nobody here understands: for one caller, and never for a second. */
export class TcpPeer implements PeerConnection, PeerStream {
  readonly openedAt: number;
  readonly generation: number;
  readonly serial = '';
  /** One that nobody took is not kept: the service may already have said something on it, or soon end it. */
  readonly idleLimitMs = 0;
  idleSince = 0;
  offered = false;
  private readonly socket: Socket;
  private readonly pool: ConnectionPool;
  private readonly environment: PeerEnvironment;
  private exchange: PeerExchange | undefined = undefined;
  private taken = false;

  constructor(transport: Transport, pool: ConnectionPool, environment: PeerEnvironment) {
    const { socket } = transport;
    this.socket = socket;
    this.pool = pool;
    this.environment = environment;
    this.openedAt = transport.openedAt;
    this.generation = transport.generation;
    socket.on('error', (error) => this.lose(error.message));
    socket.on('close', () => this.pool.onClosed(this));
  }

  get active(): number {
    return this.taken ? 1 : 0;
  }

  get capacity(): number {
    return this.taken ? 0 : 1;
  }

  get isUsable(): boolean {
    return !this.taken && this.socket.writable;
  }

  openStream(): PeerStream {
    this.taken = true;
    return this;
  }

  begin(exchange: PeerExchange): void {
    this.exchange = exchange;
  }

  /** Nothing is sent: the caller is told at once that the way is open. */
  sendHead(): number {
    const { socket } = this;
    socket.on('data', (bytes: Buffer) => this.onData(bytes));
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onEnd());
    this.exchange?.onResponseHead(established);
    // Node tells of an end with nothing before it at once, also when nobody listens yet.
    if (socket.readableEnded) this.onEnd();
    return 0;
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (!this.socket.writable) return;
    if (!this.socket.write(copyBytes(bytes, start, end))) this.exchange?.onPeerBlocked();
  }

  sendEnd(): void {}

  sendFin(): void {
    this.socket.end();
  }

  switchToTunnel(): void {}

  pauseReading(): void {
    this.socket.pause();
  }

  resumeReading(): void {
    this.socket.resume();
  }

  /** `complete`: both sides have ended; anything else is told to the service as what it is, a broken connection. */
  leave(complete: boolean): void {
    this.exchange = undefined;
    if (complete && this.socket.writableEnded)
      this.socket.setTimeout(FLUSH_TIMEOUT_MS, () => this.socket.destroy());
    else this.breakOff();
  }

  retire(): void {
    if (!this.taken) this.socket.destroy();
  }

  destroy(): void {
    this.socket.destroy();
    this.lose('');
  }

  sweep(): void {}

  private onData(bytes: Buffer): void {
    this.exchange?.onResponseBody(bytes, 0, bytes.length);
    this.environment.turn.flush();
  }

  private onDrain(): void {
    this.exchange?.onPeerDrained();
    this.environment.turn.flush();
  }

  private onEnd(): void {
    this.exchange?.onResponseEnd(undefined);
    this.environment.turn.flush();
  }

  /** With a reset, which only TCP itself has. */
  private breakOff(): void {
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  private lose(detail: string): void {
    const { exchange } = this;
    this.exchange = undefined;
    exchange?.onBadResponse('peer_reset', detail);
    this.environment.turn.flush();
  }
}
