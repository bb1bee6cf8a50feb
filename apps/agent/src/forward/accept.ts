import type { Socket } from 'node:net';
import { shareReads } from '../pool/read-buffer.ts';
import { Http1Caller } from './http1-caller.ts';
import { Http2Caller } from './http2-caller.ts';
import type { CallerEnvironment, Passage } from './passage.ts';
import { UnreadConnection } from './unread-connection.ts';

/** How the preface of HTTP/2 begins (RFC 9113 section 3.4); no method of HTTP/1.1 does. */
const PREFACE = 'PRI * HTTP/2.0';

/** A connection in plain text: its first bytes tell which version of HTTP it speaks, by prior knowledge. */
export class UnreadCaller extends UnreadConnection {
  private readonly passage: Passage;
  private held: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, passage: Passage, environment: CallerEnvironment) {
    super(socket, environment);
    shareReads(socket);
    this.passage = passage;
  }

  sweep(now: number): void {
    const limitMs = this.held.length === 0 ? this.patienceMs : this.environment.headTimeoutMs;
    if (now - this.since >= limitMs) this.leave();
  }

  protected override receive(bytes: Buffer): void {
    const { socket, passage, environment } = this;
    if (this.held.length === 0) this.since = environment.clock.now;
    const held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
    const start = held.toString('latin1', 0, PREFACE.length);
    if (start.length < PREFACE.length && PREFACE.startsWith(start)) {
      this.held = Buffer.from(held);
      return;
    }
    this.forget();
    const Caller = start === PREFACE ? Http2Caller : Http1Caller;
    new Caller(socket, passage, environment, undefined).receive(held);
  }
}
