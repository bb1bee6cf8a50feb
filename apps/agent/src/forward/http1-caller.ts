import type { Socket } from 'node:net';
import type { Bytes } from '@tulle/wire/http/bytes';
import type { FieldSection } from '@tulle/wire/http/field-section';
import type { RequestHead, ResponseHead } from '@tulle/wire/http/message-head';
import type { WireError } from '@tulle/wire/http1/errors';
import { RequestReader, type RequestSink } from '@tulle/wire/http1/request-reader';
import type { DataPathErrorCode } from '../errors.ts';
import type { PeerIdentity } from '../mutual-tls/peer-certificate.ts';
import { countUnread } from '../record/unread-request.ts';
import type { HeadChange } from '../router/route-decision.ts';
import { DroppedRest } from './dropped-rest.ts';
import { Exchange } from './exchange.ts';
import { type CallerConnection, type ExchangeCaller, QUIET_MS } from './exchange-caller.ts';
import { Http1Answers, tunnelEstablished } from './http1-answers.ts';
import { LingeringClose } from './lingering-close.ts';
import { errorAnswer, type MeshAnswer, serialiseAnswer } from './mesh-answer.ts';
import type { CallerEnvironment, Passage } from './passage.ts';
import { SocketWriter, type WriterOwner } from './socket-writer.ts';

/** One HTTP/1.1 connection from a caller: reads its requests one after the other and writes the answers. */
export class Http1Caller implements CallerConnection, RequestSink, ExchangeCaller, WriterOwner {
  /** Who the caller is; undefined where no certificate was asked for. */
  readonly identity: PeerIdentity | undefined;
  private readonly socket: Socket;
  private passage: Passage;
  private readonly environment: CallerEnvironment;
  private readonly reader: RequestReader;
  private readonly writer: SocketWriter;
  private readonly answers: Http1Answers;
  private exchange: Exchange | undefined = undefined;
  /** The caller half-closed: what it sent is still answered. */
  private callerEnded = false;
  private socketPaused = false;
  /** Since when the connection waits for a request, the rest of a head, or its end. */
  private waitingSince: number;
  /** Since nothing more is read here. */
  private end: LingeringClose | undefined = undefined;
  /** Of the request that was answered last. */
  private rest: DroppedRest | undefined = undefined;

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
    this.reader = new RequestReader(this);
    this.writer = new SocketWriter(socket, environment.turn, this);
    this.answers = new Http1Answers(this.writer, this.reader.head, environment.draining);
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
    } else if (this.passage.awaitTunnel?.(head.authority, this.socket, () => this.goOnWith(head)) === true) {
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
    this.answers.begin();
    // The next request waits in the reader until this one is answered (RFC 9112 section 9.3.2).
    if (!head.hasBody) this.reader.pause();
    const exchange = new Exchange(this, head, this.environment, this.passage.seriesOf(this));
    this.exchange = exchange;
    this.passage.admit(exchange, this);
  }

  onBody(bytes: Bytes, start: number, end: number): void {
    if (this.rest === undefined) this.exchange?.onRequestBody(bytes, start, end);
    else if (!this.rest.drop(end - start)) this.endConnection();
  }

  onEnd(trailers: FieldSection | undefined): void {
    if (this.rest === undefined) this.exchange?.onRequestEnd(trailers);
    else this.rest = undefined;
  }

  onRefusal(error: WireError): void {
    this.answers.isLast = true;
    if (this.exchange !== undefined) {
      this.exchange.fail('bad_request', error.message);
      return;
    }
    if (this.end !== undefined) return;
    if (this.rest !== undefined) {
      this.endConnection();
      return;
    }
    this.refuse('bad_request', error.message, 0, error.status);
  }

  sendInterim(head: ResponseHead): void {
    this.answers.sendInterim(head);
  }

  sendHead(head: ResponseHead, fromAgent: boolean, change: HeadChange | undefined): number {
    return this.answers.sendHead(head, fromAgent, change, this.exchange?.requestEnded !== false);
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    this.answers.sendBody(bytes, start, end);
  }

  sendEnd(trailers: FieldSection | undefined): void {
    this.answers.sendEnd(trailers);
  }

  sendAnswer(answer: MeshAnswer): void {
    this.answers.sendAnswer(answer, this.exchange?.requestEnded !== false);
  }

  abort(): void {
    // Bytes that nobody frames say only by a reset that they are not whole.
    if (this.answers.isTunnel && this.identity === undefined) this.socket.resetAndDestroy();
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
    if (this.answers.isLast || this.reader.isOpaque) {
      this.endConnection();
      return;
    }
    if (!exchange.requestEnded) {
      // A caller that has sent all of it takes the connection for free: closed now, it would fail the next request.
      this.rest = new DroppedRest(this.waitingSince);
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
    this.answers.retiring = true;
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
    } else if (this.rest !== undefined) {
      if (this.rest.isLate(now)) this.endConnection();
    } else if (this.reader.isIdle || this.reader.isPaused) {
      if (waited >= (this.answers.retiring ? QUIET_MS : this.environment.callerIdleTimeoutMs))
        this.endConnection();
    } else if (waited >= this.environment.headTimeoutMs) {
      this.refuse('head_timeout', '', waited);
    }
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
