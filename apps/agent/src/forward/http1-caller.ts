import type { Socket } from 'node:net';
import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { WireError } from '@tulle/wire/http1/errors';
import { RequestReader, type RequestSink } from '@tulle/wire/http1/request-reader';
import { chunkEnd, chunkStart, lastChunkWith, serialiseResponseHead } from '@tulle/wire/http1/serialise';
import type { DataPathErrorCode } from '../errors.ts';
import type { PeerIdentity } from '../mutual-tls/peer-certificate.ts';
import { countUnread } from '../record/unread-request.ts';
import type { HeadChange } from '../router/route-decision.ts';
import { Exchange } from './exchange.ts';
import { type CallerConnection, type ExchangeCaller, QUIET_MS } from './exchange-caller.ts';
import { type BodyForm, bodyFormOf, framingFields } from './http1-framing.ts';
import { LINGER_MS, LingeringClose } from './lingering-close.ts';
import { errorAnswer, type MeshAnswer, serialiseAnswer } from './mesh-answer.ts';
import type { CallerEnvironment, Passage } from './passage.ts';
import { responseEdit } from './response-fields.ts';
import { SocketWriter, type WriterOwner } from './socket-writer.ts';

/** What is left of a request that was answered early is read and dropped up to this size, and for {@link LINGER_MS}. */
const MAX_DROPPED_BYTES = 8 * 1024 * 1024;

/** RFC 9110 section 9.3.6: a 2xx without content, after which the connection is the tunnel. */
const tunnelEstablished = 'HTTP/1.1 200 Connection Established\r\n\r\n';

/** One HTTP/1.1 connection from a caller: reads its requests one after the other and writes the answers. */
export class Http1Caller implements CallerConnection, RequestSink, ExchangeCaller, WriterOwner {
  /** Who the caller is; undefined where no certificate was asked for. */
  readonly identity: PeerIdentity | undefined;
  private readonly socket: Socket;
  private passage: Passage;
  private readonly environment: CallerEnvironment;
  private readonly reader: RequestReader;
  private readonly writer: SocketWriter;
  private exchange: Exchange | undefined = undefined;
  /** Which form the body of the present answer has on this connection. */
  private body: BodyForm = 'none';
  private lastAnswer = false;
  /** The caller was told to send the content of the present request (RFC 9110 section 10.1.1). */
  private continued = false;
  /** No request after the present one: this agent drains, or the caller's certificate has expired. */
  private retiring: boolean;
  /** The caller half-closed: what it sent is still answered. */
  private callerEnded = false;
  private socketPaused = false;
  /** Since when the connection waits for a request, the rest of a head, or its end. */
  private waitingSince: number;
  /** Since nothing more is read here. */
  private end: LingeringClose | undefined = undefined;
  /** How much was dropped of a request that was answered before its end; -1 when there is none. */
  private dropped = -1;

  constructor(
    socket: Socket,
    passage: Passage,
    environment: CallerEnvironment,
    identity: PeerIdentity | undefined,
  ) {
    this.socket = socket;
    this.passage = passage;
    this.environment = environment;
    this.identity = identity;
    this.waitingSince = environment.clock.now;
    this.retiring = environment.draining;
    this.reader = new RequestReader(this);
    this.writer = new SocketWriter(socket, environment.turn, this);
    environment.callers.add(this);
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onCallerEnd());
    // The close that follows tells the exchange; why the caller broke off changes nothing for it.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.onClose());
  }

  get protocol(): 'http1' {
    return 'http1';
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? '';
  }

  onHead(head: RequestHead): void {
    if (head.form !== 'authority') {
      this.beginExchange(head);
    } else if (this.passage.awaitTunnel?.(head.authority, () => this.goOnWith(head)) === true) {
      // What follows is read once it is known as what.
      this.reader.pause();
    } else {
      this.beginTunnel(head);
    }
  }

  private goOnWith(head: RequestHead): void {
    if (this.socket.destroyed || this.end !== undefined) return;
    this.waitingSince = this.environment.clock.now;
    this.beginTunnel(head);
    if (this.exchange === undefined) this.readOn();
    this.environment.turn.flush();
  }

  private beginTunnel(head: RequestHead): void {
    const inside = this.passage.insideTunnel?.(head.authority);
    if (inside === undefined) {
      this.beginExchange(head);
      return;
    }
    this.passage = inside;
    this.waitingSince = this.environment.clock.now;
    this.writer.add(tunnelEstablished);
  }

  private beginExchange(head: RequestHead): void {
    this.lastAnswer = this.retiring || !head.persistent;
    this.continued = false;
    // The next request waits in the reader until this one is answered (RFC 9112 section 9.3.2).
    if (!head.hasBody) this.reader.pause();
    const exchange = new Exchange(this, head, this.environment, this.passage.seriesOf(this));
    this.exchange = exchange;
    this.passage.admit(exchange, this);
  }

  onBody(bytes: Bytes, start: number, end: number): void {
    if (this.dropped < 0) this.exchange?.onRequestBody(bytes, start, end);
    else this.drop(end - start);
  }

  onEnd(trailers: FieldSection | undefined): void {
    if (this.dropped < 0) this.exchange?.onRequestEnd(trailers);
    else this.dropped = -1;
  }

  onRefusal(error: WireError): void {
    this.lastAnswer = true;
    if (this.exchange !== undefined) {
      this.exchange.fail('bad_request', error.message);
      return;
    }
    if (this.end !== undefined) return;
    if (this.dropped >= 0) {
      this.endConnection();
      return;
    }
    this.refuse('bad_request', error.message, 0, error.status);
  }

  sendInterim(head: ResponseHead): void {
    // RFC 9110 section 15.2: HTTP/1.0 has no interim responses.
    if (this.reader.head.minor === 0) return;
    if (head.status === 100) this.continued = true;
    this.writer.add(serialiseResponseHead(head, responseEdit(head, false, undefined), ''));
  }

  sendHead(head: ResponseHead, fromAgent: boolean, change: HeadChange | undefined): number {
    const request = this.reader.head;
    const body = bodyFormOf(head, request);
    this.body = body;
    if (body === 'tunnel' && request.form === 'authority') {
      this.writer.add(tunnelEstablished);
      return tunnelEstablished.length;
    }
    if (this.retiring || body === 'until-close' || this.mayLackContent) this.lastAnswer = true;
    const framing = framingFields(head, request, body, change, this.lastAnswer);
    const text = serialiseResponseHead(head, responseEdit(head, fromAgent, change), framing);
    this.writer.add(text);
    return text.length;
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (this.body === 'chunked') {
      this.writer.add(chunkStart(end - start));
      this.writer.addBytes(bytes, start, end);
      this.writer.add(chunkEnd);
    } else if (this.body !== 'none') {
      this.writer.addBytes(bytes, start, end);
    }
  }

  sendEnd(trailers: FieldSection | undefined): void {
    if (this.body === 'tunnel') this.writer.end();
    else if (this.body === 'chunked') this.writer.add(lastChunkWith(trailers));
  }

  sendAnswer(answer: MeshAnswer): void {
    const request = this.reader.head;
    if (this.retiring || this.exchange?.requestEnded === false) this.lastAnswer = true;
    const options = { withBody: request.method !== 'HEAD', close: this.lastAnswer };
    this.writer.add(serialiseAnswer(answer, options));
  }

  /**
   * A caller that waits to be told to continue, and is answered instead, sends the content or leaves it out as it likes:
   * what follows could be either that or the next request.
   */
  private get mayLackContent(): boolean {
    return this.reader.head.expectsContinue && !this.continued && this.exchange?.requestEnded === false;
  }

  abort(): void {
    // Bytes that nobody frames say only by a reset that they are not whole.
    if (this.body === 'tunnel' && this.identity === undefined) this.socket.resetAndDestroy();
    else this.socket.destroy();
  }

  pauseReading(): void {
    this.reader.pause();
  }

  resumeReading(): void {
    this.reader.resume();
    if (this.socketPaused && !this.reader.isPaused) {
      this.socketPaused = false;
      this.socket.resume();
    }
    if (this.callerEnded) this.readEnd();
  }

  switchToTunnel(): void {
    this.reader.switchToTunnel();
  }

  exchangeOver(exchange: Exchange): void {
    this.exchange = undefined;
    this.waitingSince = this.environment.clock.now;
    if (this.lastAnswer || this.reader.isOpaque) {
      this.endConnection();
      return;
    }
    if (!exchange.requestEnded) {
      // A caller that has sent all of it takes the connection for free: closed now, it would fail the next request.
      this.dropped = 0;
      this.readOn();
      return;
    }
    // Who does not read his answers is read no further requests.
    if (this.socket.writableNeedDrain) this.reader.pause();
    else this.readOn();
  }

  onWriteBlocked(): void {
    this.exchange?.onCallerBlocked();
  }

  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  retire(): void {
    this.retiring = true;
  }

  destroy(): void {
    this.socket.destroy();
  }

  sweep(now: number): void {
    if (this.identity !== undefined && Date.now() >= this.identity.notAfter) this.retire();
    if (this.exchange !== undefined) return;
    const waited = now - this.waitingSince;
    if (this.end !== undefined) {
      this.end.sweep(now);
    } else if (this.dropped >= 0) {
      if (waited >= LINGER_MS) this.endConnection();
    } else if (this.reader.isIdle || this.reader.isPaused) {
      if (waited >= (this.retiring ? QUIET_MS : this.environment.callerIdleTimeoutMs)) this.endConnection();
    } else if (waited >= this.environment.headTimeoutMs) {
      this.refuse('head_timeout', '', waited);
    }
  }

  private drop(bytes: number): void {
    this.dropped += bytes;
    if (this.dropped > MAX_DROPPED_BYTES) this.endConnection();
  }

  /** Answers what is no request, and ends the connection. */
  private refuse(code: DataPathErrorCode, detail: string, afterMs: number, status?: number): void {
    const answer = errorAnswer(code, detail, undefined, status === undefined ? {} : { status });
    this.writer.add(serialiseAnswer(answer, { withBody: true, close: true }));
    const series = this.passage.seriesOf(this);
    countUnread('http1', code, detail, answer.status, afterMs, series, this.environment.observability);
    this.endConnection();
  }

  /** What the socket gave; the first of it when something else had to be looked for before. */
  receive(bytes: Buffer): void {
    if (this.end !== undefined) return;
    if (this.exchange === undefined && this.reader.isIdle) this.waitingSince = this.environment.clock.now;
    this.reader.push(bytes);
    // Only what came with this read may wait in the reader.
    if (this.reader.isPaused && this.reader.isHolding && !this.socketPaused) {
      this.socketPaused = true;
      this.socket.pause();
    }
    this.environment.turn.afterRead(bytes.length);
  }

  private onDrain(): void {
    if (this.exchange !== undefined) this.exchange.onCallerDrained();
    else if (this.end === undefined) this.readOn();
    this.environment.turn.flush();
  }

  private onCallerEnd(): void {
    this.callerEnded = true;
    if (this.exchange !== undefined) {
      this.readEnd();
    } else if (!this.reader.isPaused) {
      this.reader.finish();
      this.endConnection();
    }
    this.environment.turn.flush();
  }

  /** The end of what the caller sends, behind all that waits in the reader. */
  private readEnd(): void {
    const { exchange, reader } = this;
    if (exchange === undefined || reader.isPaused || reader.isRunning) return;
    if (reader.isOpaque) exchange.onCallerEnd();
    else if (!exchange.requestEnded) reader.finish();
  }

  private readOn(): void {
    this.resumeReading();
    if (this.callerEnded && this.exchange === undefined && !this.reader.isRunning) this.endConnection();
  }

  private onClose(): void {
    this.environment.callers.delete(this);
    this.exchange?.onCallerGone();
    this.environment.turn.flush();
  }

  private endConnection(): void {
    if (this.end !== undefined) return;
    this.end = new LingeringClose(this.socket, this.writer, this.environment);
    if (this.socketPaused) this.socket.resume();
  }
}
