import type { Socket } from 'node:net';
import { type CallerConnection, QUIET_MS } from './exchange-caller.ts';
import { Http1Caller } from './http1-caller.ts';
import { Http2Caller } from './http2-caller.ts';
import type { CallerEnvironment, Passage } from './passage.ts';

/** How the preface of HTTP/2 begins (RFC 9113 section 3.4); no method of HTTP/1.1 does. */
const PREFACE = 'PRI * HTTP/2.0';

/** A connection in plain text: its first bytes tell which version of HTTP it speaks, by prior knowledge. */
export class UnreadCaller implements CallerConnection {
  readonly identity = undefined;
  private readonly socket: Socket;
  private readonly passage: Passage;
  private readonly environment: CallerEnvironment;
  private readonly since: number;
  private held: Buffer = Buffer.alloc(0);
  private retiring: boolean;
  private readonly onData = (bytes: Buffer) => this.receive(bytes);
  private readonly onGone = () => this.leave();

  constructor(socket: Socket, passage: Passage, environment: CallerEnvironment) {
    this.socket = socket;
    this.passage = passage;
    this.environment = environment;
    this.since = environment.clock.now;
    this.retiring = environment.draining;
    environment.callers.add(this);
    socket.on('data', this.onData);
    socket.on('end', this.onGone);
    socket.on('error', this.onGone);
    socket.on('close', this.onGone);
  }

  get protocol(): 'unread' {
    return 'unread';
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? '';
  }

  /** Its first request may be on the way; whoever reads it says that it is the last. */
  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  retire(): void {
    this.retiring = true;
  }

  destroy(): void {
    this.leave();
  }

  sweep(now: number): void {
    const { callerIdleTimeoutMs, headTimeoutMs } = this.environment;
    const idleMs = this.retiring ? QUIET_MS : callerIdleTimeoutMs;
    const limitMs = this.held.length === 0 ? idleMs : headTimeoutMs;
    if (now - this.since >= limitMs) this.leave();
  }

  private receive(bytes: Buffer): void {
    this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    const start = this.held.toString('latin1', 0, PREFACE.length);
    if (start.length < PREFACE.length && PREFACE.startsWith(start)) return;
    const { socket, passage, environment } = this;
    this.forget();
    const Caller = start === PREFACE ? Http2Caller : Http1Caller;
    new Caller(socket, passage, environment, undefined).receive(this.held);
  }

  private leave(): void {
    this.forget();
    this.socket.on('error', () => {});
    this.socket.destroy();
  }

  private forget(): void {
    const { socket } = this;
    this.environment.callers.delete(this);
    socket.removeListener('data', this.onData);
    socket.removeListener('end', this.onGone);
    socket.removeListener('error', this.onGone);
    socket.removeListener('close', this.onGone);
  }
}
