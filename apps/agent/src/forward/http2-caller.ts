import type { Socket } from 'node:net';
import { ServerSession } from '@tulle/wire/http2/server-session';
import type { ServerStream } from '@tulle/wire/http2/server-stream';
import type { ServerSessionOwner } from '@tulle/wire/http2/session-owner';
import { PRESSURE } from '../lifecycle/memory-guard.ts';
import type { PeerIdentity } from '../mutual-tls/peer-certificate.ts';
import { countUnread } from '../record/unread-request.ts';
import type { CallerConnection } from './exchange-caller.ts';
import { Http2CallerStream } from './http2-caller-stream.ts';
import type { CallerEnvironment, Passage } from './passage.ts';
import { SessionWriter } from './session-writer.ts';

/** While memory is scarce a connection may cost this much. */
const tightLimits = { streamWindowBytes: 64 * 1024, connectionWindowBytes: 1024 * 1024 };
/** A caller that was silent for this long while its requests are in flight is asked for a sign of life … */
const PING_AFTER_MS = 20_000;
/** … and given up when none comes. */
const PING_TIMEOUT_MS = 10_000;

/** A caller that does not answer the announcement of the end is not waited for longer. */
const SHUT_DOWN_TIMEOUT_MS = 2_000;

/** One HTTP/2 connection from a caller: its streams are requests of their own. */
export class Http2Caller implements CallerConnection, ServerSessionOwner {
  readonly identity: PeerIdentity | undefined;
  readonly passage: Passage;
  readonly environment: CallerEnvironment;
  private readonly socket: Socket;
  private readonly session: ServerSession;
  private readonly writer: SessionWriter;
  /** When something last came. */
  private readAt: number;
  /** Since when no request is wanted; -1 while they are. */
  private retiringSince = -1;
  private closed = false;

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
    this.readAt = environment.clock.now;
    this.session = new ServerSession(
      this,
      environment.pressure === PRESSURE.none ? {} : { limits: tightLimits },
    );
    this.writer = new SessionWriter(socket, this.session, environment.turn);
    environment.callers.add(this);
    environment.refusals.follow(this.session.flood.refusals);
    socket.on('data', (bytes: Buffer) => this.receive(bytes));
    socket.on('drain', () => this.writer.onDrain());
    socket.on('end', () => this.onCallerEnd());
    // The close that follows tells the streams; why the caller broke off changes nothing for them.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.onClose());
    this.session.start();
    if (environment.draining) this.retire();
    environment.turn.flush();
  }

  get protocol(): 'http2' {
    return 'http2';
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? '';
  }

  onStream(stream: ServerStream): void {
    stream.handler = new Http2CallerStream(stream, this);
  }

  onOutput(): void {
    this.writer.enqueue();
  }

  onRefusedRequest(reason: string): void {
    this.countRefused(reason);
  }

  onFailure(error: Error): void {
    this.countRefused(error.message);
    this.writer.end();
  }

  onGoAway(): void {}

  onDrained(): void {
    this.writer.end();
  }

  get waitingBytes(): number {
    return this.socket.writableLength + this.session.pendingBytes;
  }

  retire(): void {
    if (this.retiringSince >= 0) return;
    this.retiringSince = this.environment.clock.now;
    this.session.shutDown();
  }

  destroy(): void {
    this.socket.destroy();
  }

  sweep(now: number): void {
    const { session, socket } = this;
    if (this.identity !== undefined && Date.now() >= this.identity.notAfter) this.retire();
    const silentMs = now - this.readAt;
    if (socket.writableEnded) {
      const isWritten = socket.writableLength === 0;
      if (isWritten && silentMs >= this.environment.headTimeoutMs) socket.destroy();
    } else if (session.heartbeat.sentAtMs >= 0) {
      // Whatever comes is a sign of life, though the answer may wait behind it.
      if (now - Math.max(session.heartbeat.sentAtMs, this.readAt) >= PING_TIMEOUT_MS) socket.destroy();
    } else if (session.streamCount === 0) {
      const isShutDown = this.retiringSince >= 0 && now - this.retiringSince >= SHUT_DOWN_TIMEOUT_MS;
      if (isShutDown) this.writer.end();
      else if (silentMs >= this.environment.callerIdleTimeoutMs) this.retire();
    } else if (silentMs >= PING_AFTER_MS) {
      session.heartbeat.ping(now);
    }
  }

  /** What the socket gave. */
  receive(bytes: Buffer): void {
    const { clock, turn } = this.environment;
    this.readAt = clock.now;
    this.session.push(bytes, clock.now);
    turn.afterRead(bytes.length);
  }

  private countRefused(detail: string): void {
    const series = this.passage.seriesOf(this);
    countUnread('http2', 'bad_request', detail, 0, 0, series, this.environment.observability);
  }

  /** Nothing more can be asked; what was asked is still answered. */
  private onCallerEnd(): void {
    if (this.session.streamCount === 0) this.writer.end();
    else this.retire();
    this.environment.turn.flush();
  }

  private onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.environment.callers.delete(this);
    this.session.lose();
    this.environment.refusals.settle(this.session.flood.refusals);
    this.environment.turn.flush();
  }
}
