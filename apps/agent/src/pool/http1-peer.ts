import type { Socket } from 'node:net';
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
import { SocketWriter, type WriterOwner } from '../forward/socket-writer.ts';
import type { Turn } from '../forward/turn.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { Transport } from './dial.ts';
import type { PeerConnection, PeerEnvironment } from './peer-connection.ts';
import type { PeerExchange } from './peer-exchange.ts';
import type { PeerStream } from './peer-stream.ts';

/**
 * The only protocol switched to. Through a tunnel of h2c further requests would pass unseen by the rules of the
 * mesh; without Upgrade such a request is answered in HTTP/1.1 (RFC 9110 section 7.8).
 */
const TUNNELLED_PROTOCOL = 'websocket';

/** One HTTP/1.1 connection to a peer: at most one exchange at a time, so the connection is its own stream. */
export class Http1Peer implements PeerConnection, PeerStream, ResponseSink, WriterOwner {
  readonly openedAt: number;
  readonly generation: number;
  readonly serial: string;
  idleSince = 0;
  idleLimitMs: number;
  offered = false;
  private readonly expiresAt: number;
  private readonly socket: Socket;
  private readonly pool: ConnectionPool;
  private readonly turn: Turn;
  private readonly reader: ResponseReader;
  private readonly writer: SocketWriter;
  private exchange: PeerExchange | undefined = undefined;
  /** Given to an exchange, and not left by it. */
  private taken = false;
  /** Exchanges begun on it. */
  private uses = 0;
  private chunking = false;
  private socketPaused = false;
  /** After this answer another may follow. */
  private persistent = false;
  /** The response was read to its end, with these trailers. */
  private ended = false;
  private trailers: FieldSection | undefined = undefined;
  private closed = false;
  private failure: Error | undefined = undefined;

  constructor(transport: Transport, pool: ConnectionPool, environment: PeerEnvironment) {
    const { socket } = transport;
    this.socket = socket;
    this.pool = pool;
    this.turn = environment.turn;
    this.openedAt = transport.openedAt;
    this.generation = transport.generation;
    this.serial = transport.serial;
    this.expiresAt = transport.expiresAt;
    this.idleLimitMs = environment.idleTimeoutMs;
    this.reader = new ResponseReader(this);
    this.writer = new SocketWriter(socket, environment.turn, this);
    socket.on('data', (bytes: Buffer) => this.onData(bytes));
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onPeerEnd());
    socket.on('error', (error) => {
      this.failure ??= error;
    });
    socket.on('close', () => this.onClose());
  }

  get active(): number {
    return this.taken ? 1 : 0;
  }

  get capacity(): number {
    return this.taken ? 0 : 1;
  }

  get isUsable(): boolean {
    const open = !this.closed && !this.socket.destroyed && this.socket.writable;
    return open && (this.serial === '' || Date.now() < this.expiresAt);
  }

  openStream(): PeerStream {
    this.taken = true;
    return this;
  }

  begin(exchange: PeerExchange): void {
    this.exchange = exchange;
    this.uses++;
  }

  sendHead(head: RequestHead, edit: RequestEdit): number {
    // A body that is translated on the way has no length any more, whatever its head said.
    const hasLength = head.contentLength >= 0 && edit.dropped[FIELD.contentLength] !== 1;
    this.chunking = head.hasBody && !hasLength;
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

  leave(complete: boolean): void {
    this.exchange = undefined;
    if (!complete || !this.persistent) {
      this.socket.destroy();
      return;
    }
    this.resumeReading();
    this.taken = false;
    this.pool.release(this);
  }

  /** In the middle of an exchange there is nothing to do: the pool looks at the connection when it is released. */
  retire(): void {
    if (!this.taken) this.socket.destroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  sweep(): void {}

  onHead(head: ResponseHead): void {
    if (head.framing === 'tunnel' && head.upgrade !== '' && head.upgrade !== TUNNELLED_PROTOCOL) {
      this.refuseSwitch(head.upgrade);
      return;
    }
    const keepAlive = head.known(FIELD.keepAlive);
    if (keepAlive !== undefined) this.heedKeepAlive(keepAlive);
    this.persistent = head.persistent && head.framing !== 'close' && head.framing !== 'tunnel';
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
    if (error.code === 'truncated-message') exchange?.onBadResponse('peer_reset', '');
    else exchange?.onBadResponse('bad_response', error.message);
  }

  /** RFC 9110 section 7.8: a server may switch to nothing but what it was asked for. */
  private refuseSwitch(protocol: string): void {
    const { exchange } = this;
    this.exchange = undefined;
    this.socket.destroy();
    exchange?.onBadResponse('bad_response', `it switched to ${protocol}, which nobody asked for`);
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

  private onData(bytes: Buffer): void {
    // RFC 9112 section 9.2: an answer nobody asked for cannot be assigned, now or later.
    if (this.exchange === undefined) this.socket.destroy();
    else this.reader.push(bytes);
    this.completeExchange();
    this.turn.afterRead(bytes.length);
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
    this.pool.onClosed(this);
    this.lose(this.reader.isIdle);
    this.turn.flush();
  }

  private lose(untouched: boolean): void {
    const { exchange } = this;
    this.exchange = undefined;
    // A kept connection that closes as we write to it has most likely not been read from.
    exchange?.onPeerLost(untouched && this.uses > 1 ? 'unlikely' : 'maybe', this.failure?.message ?? '');
  }
}
