import type { Socket } from 'node:net';
import { type Bytes, noBytes } from '@tulle/wire/http/bytes';
import type { ResponseHead } from '@tulle/wire/http/message-head';
import { Exchange } from '../forward/exchange.ts';
import type { CallerConnection, ExchangeCaller } from '../forward/exchange-caller.ts';
import type { CallerEnvironment } from '../forward/passage.ts';
import { unedited } from '../forward/request-edit.ts';
import type { Series } from '../record/series.ts';
import type { ConnectionRoute } from './connection-routes.ts';

export interface TcpContext {
  readonly environment: CallerEnvironment;
  /** Name of the service this agent stands for. */
  readonly source: string;
  /** Where connections count that reached no version of the service. */
  seriesOf(service: string): Series;
}

/** How long a connection both sides have ended may take to send what it still holds, without a byte leaving. */
const FLUSH_TIMEOUT_MS = 30_000;

/**
 * A connection of a caller whose bytes are passed on as they come: one exchange, a tunnel from its beginning. Nothing is
 * read before the service is reached, so that until then any backend can be tried.
 */
export class TcpCaller implements ExchangeCaller, CallerConnection {
  readonly identity = undefined;
  private readonly socket: Socket;
  private readonly environment: CallerEnvironment;
  private exchange: Exchange | undefined;
  private early: Bytes;

  /** `early`: what was read of the connection already, to find out where it goes. */
  constructor(socket: Socket, route: ConnectionRoute, context: TcpContext, early: Bytes = noBytes) {
    const { environment, source } = context;
    this.socket = socket;
    this.environment = environment;
    this.early = early;
    environment.callers.add(this);
    // The close that follows tells the exchange; why the caller broke off changes nothing for it.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.onClose());
    this.exchange = new Exchange(this, route.head, environment, context.seriesOf(route.service));
    this.exchange.forward(route.decision, unedited, source, undefined);
    environment.turn.flush();
  }

  get protocol(): 'tcp' {
    return 'tcp';
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? '';
  }

  sendInterim(): void {}

  /** Bytes have no way to say why they cannot be passed on. */
  sendHead(head: ResponseHead): number {
    if (head.framing !== 'tunnel') this.abort();
    return 0;
  }

  sendBody(bytes: Bytes, start: number, end: number): void {
    if (!this.socket.writable) return;
    const whole = start === 0 && end === bytes.length;
    if (!this.socket.write(whole ? bytes : bytes.subarray(start, end))) this.exchange?.onCallerBlocked();
  }

  sendEnd(): void {
    this.socket.end();
  }

  sendAnswer(): void {
    this.abort();
  }

  abort(): void {
    this.socket.resetAndDestroy();
  }

  pauseReading(): void {
    this.socket.pause();
  }

  resumeReading(): void {
    this.socket.resume();
  }

  switchToTunnel(): void {
    const { socket, early } = this;
    socket.on('data', (bytes: Buffer) => this.onData(bytes));
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onEnd());
    this.early = noBytes;
    if (early.length > 0) this.exchange?.onRequestBody(early, 0, early.length);
    // Node tells of an end with nothing before it at once, paused or not.
    if (socket.readableEnded) this.exchange?.onCallerEnd();
  }

  exchangeOver(): void {
    this.exchange = undefined;
    this.socket.setTimeout(FLUSH_TIMEOUT_MS, () => this.socket.destroy());
  }

  /** A connection of bytes has no last answer: it goes on until its sides end it, or the drain does. */
  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  retire(): void {}

  destroy(): void {
    this.abort();
  }

  sweep(): void {}

  private onData(bytes: Buffer): void {
    this.exchange?.onRequestBody(bytes, 0, bytes.length);
    this.environment.turn.flush();
  }

  private onDrain(): void {
    this.exchange?.onCallerDrained();
    this.environment.turn.flush();
  }

  private onEnd(): void {
    this.exchange?.onCallerEnd();
    this.environment.turn.flush();
  }

  private onClose(): void {
    this.environment.callers.delete(this);
    this.exchange?.onCallerGone();
    this.environment.turn.flush();
  }
}
