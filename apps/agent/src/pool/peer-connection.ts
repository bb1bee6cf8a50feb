import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestEdit } from '@tulle/wire/http/head-edit';
import { FIELD } from '@tulle/wire/http/known-fields';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { WireError } from '@tulle/wire/http1/errors';
import { ResponseReader, type ResponseSink } from '@tulle/wire/http1/response-reader';
import {
  chunkEnd,
  chunkedField,
  chunkStart,
  lastChunkWith,
  serialiseRequestHead,
  upgradeFields,
} from '@tulle/wire/http1/serialise';
import type { Clock } from '../clock.ts';
import type { DataPathErrorCode } from '../errors.ts';
import { SocketWriter, type WriterOwner } from '../forward/socket-writer.ts';
import type { Turn } from '../forward/turn.ts';
import { readPeerIdentity } from '../mutual-tls/peer-certificate.ts';
import { connectFailureCode } from './connect-failure.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { Connector } from './connector.ts';
import type { PeerExchange } from './peer-exchange.ts';

export interface PeerEnvironment {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly idleTimeoutMs: number;
}

/**
 * The only protocol switched to. Through a tunnel of h2c further requests would pass unseen by the rules of the
 * mesh; without Upgrade such a request is answered in HTTP/1.1 (RFC 9110 section 7.8).
 */
const TUNNELLED_PROTOCOL = 'websocket';

/** Finds peers that vanished without a word. */
const KEEP_ALIVE_DELAY_MS = 30_000;

/** One HTTP/1.1 connection to a peer: at most one exchange at a time. */
export class PeerConnection implements ResponseSink, WriterOwner {
  readonly openedAt: number;
  readonly generation: number;
  /** Serial of the peer's certificate; '' in plain text. */
  serial = '';
  /** When that certificate expires, milliseconds since the epoch. */
  private expiresAt = Number.POSITIVE_INFINITY;
  idleSince = 0;
  idleLimitMs: number;
  /** Exchanges begun on it. */
  uses = 0;
  isConnecting = true;
  private readonly socket: Socket;
  private readonly pool: ConnectionPool;
  private readonly turn: Turn;
  private readonly reader: ResponseReader;
  private readonly writer: SocketWriter;
  private exchange: PeerExchange | undefined = undefined;
  private chunking = false;
  private socketPaused = false;
  /** The response was read to its end, with these trailers. */
  private ended = false;
  private trailers: FieldSection | undefined = undefined;
  private closed = false;
  private failure: Error | undefined = undefined;

  constructor(socket: Socket, connector: Connector, pool: ConnectionPool, environment: PeerEnvironment) {
    this.socket = socket;
    this.pool = pool;
    this.turn = environment.turn;
    this.openedAt = performance.now();
    this.generation = connector.generation;
    this.idleLimitMs = environment.idleTimeoutMs;
    this.reader = new ResponseReader(this);
    this.writer = new SocketWriter(socket, environment.turn, this);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    socket.once(connector.readyEvent, () => this.onReady());
    socket.on('data', (bytes: Buffer) => this.onData(bytes));
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onPeerEnd());
    socket.on('error', (error) => {
      this.failure ??= error;
    });
    socket.on('close', () => this.onClose());
  }

  get isUsable(): boolean {
    const open = !this.closed && !this.socket.destroyed && this.socket.writable;
    return open && this.exchange === undefined && (this.serial === '' || Date.now() < this.expiresAt);
  }

  begin(exchange: PeerExchange): void {
    this.exchange = exchange;
    this.uses++;
  }

  sendHead(head: RequestHead, edit: RequestEdit): number {
    this.chunking = head.hasBody && head.contentLength < 0;
    const upgrades = head.upgrade === TUNNELLED_PROTOCOL;
    this.reader.expect(head.method, upgrades);
    let framing = '';
    if (this.chunking) framing += chunkedField;
    if (upgrades) framing += upgradeFields(head.upgrade);
    const text = serialiseRequestHead(head, edit, framing);
    this.writer.add(text);
    return text.length;
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (this.chunking) this.writer.add(chunkStart(end - start));
    this.writer.addBytes(bytes, start, end);
    if (this.chunking) this.writer.add(chunkEnd);
  }

  sendEnd(trailers: FieldSection | undefined): void {
    if (this.chunking) this.writer.add(lastChunkWith(trailers));
  }

  /** The caller of a tunnel will send nothing more. */
  sendFin(): void {
    this.writer.end();
  }

  switchToTunnel(): void {
    this.chunking = false;
  }

  pauseReading(): void {
    this.socketPaused = true;
    this.socket.pause();
  }

  resumeReading(): void {
    if (!this.socketPaused) return;
    this.socketPaused = false;
    this.socket.resume();
  }

  /** The exchange is over; the owner then releases or destroys the connection. */
  finish(): void {
    this.exchange = undefined;
    this.resumeReading();
  }

  destroy(): void {
    this.exchange = undefined;
    this.socket.destroy();
  }

  giveUpConnecting(): void {
    this.failConnecting('connect_timeout', '');
  }

  onHead(head: ResponseHead): void {
    const keepAlive = head.known(FIELD.keepAlive);
    if (keepAlive !== undefined) this.heedKeepAlive(keepAlive);
    this.exchange?.onResponseHead(head);
  }

  onInterim(head: ResponseHead): void {
    this.exchange?.onInterim(head);
  }

  onBody(bytes: Bytes, start: number, end: number): void {
    this.exchange?.onResponseBody(bytes, start, end);
  }

  onEnd(trailers: FieldSection | undefined): void {
    this.ended = true;
    this.trailers = trailers;
  }

  onRefusal(error: WireError): void {
    this.socket.destroy();
    // Bytes behind a complete answer spoil the connection, not the answer.
    if (this.ended) return;
    const { exchange } = this;
    this.exchange = undefined;
    exchange?.onBadResponse(error);
  }

  onWriteBlocked(): void {
    this.exchange?.onPeerBlocked();
  }

  /** A server that names its idle timeout closes by it: be gone before (draft-thomson-hybi-http-timeout). */
  private heedKeepAlive(value: string): void {
    const seconds = /(?:^|[\s,])timeout=(\d{1,6})/i.exec(value)?.[1];
    if (seconds === undefined) return;
    const safeMs = Math.max(0, Number(seconds) * 1_000 - 1_000);
    if (safeMs < this.idleLimitMs) this.idleLimitMs = safeMs;
  }

  private onReady(): void {
    if (this.closed || !this.isConnecting) return;
    this.isConnecting = false;
    if (this.socket instanceof TLSSocket) {
      const identity = readPeerIdentity(this.socket.getPeerCertificate());
      this.serial = identity?.serial ?? '';
      this.expiresAt = identity?.notAfter ?? 0;
    }
    this.pool.onReady(this);
    this.turn.flush();
  }

  private onData(bytes: Buffer): void {
    // RFC 9112 section 9.2: an answer nobody asked for cannot be assigned, now or later.
    if (this.exchange === undefined) this.socket.destroy();
    else this.reader.push(bytes);
    this.completeExchange();
    this.turn.flush();
  }

  /** Only when all that was read has been looked at: the next exchange may begin on this connection at once. */
  private completeExchange(): void {
    if (!this.ended) return;
    const { trailers, exchange } = this;
    this.ended = false;
    this.trailers = undefined;
    exchange?.onResponseEnd(trailers);
  }

  private onDrain(): void {
    this.exchange?.onPeerDrained();
    this.turn.flush();
  }

  private onPeerEnd(): void {
    const untouched = this.reader.isIdle;
    this.reader.finish();
    this.completeExchange();
    this.lose(untouched);
    this.socket.destroy();
    this.turn.flush();
  }

  private onClose(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.isConnecting) this.failConnecting(connectFailureCode(this.failure), this.failure?.message ?? '');
    else {
      this.pool.onClosed(this);
      this.lose(this.reader.isIdle);
    }
    this.turn.flush();
  }

  private lose(untouched: boolean): void {
    const { exchange } = this;
    this.exchange = undefined;
    exchange?.onPeerLost(untouched, this.failure?.message ?? '');
  }

  private failConnecting(code: DataPathErrorCode, detail: string): void {
    if (!this.isConnecting) return;
    this.isConnecting = false;
    this.closed = true;
    this.socket.destroy();
    this.pool.onFailed(this, code, detail);
  }
}
