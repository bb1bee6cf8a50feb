import type { Socket } from 'node:net';
import type { CallerEnvironment } from './passage.ts';
import type { SocketWriter } from './socket-writer.ts';

/** How long what a caller still sends behind our last answer is read and dropped (RFC 9112 section 9.6). */
export const LINGER_MS = 2_000;

/** The end of a caller's connection: the last answer goes out whole, and no reset overtakes it. */
export class LingeringClose {
  private readonly socket: Socket;
  private readonly environment: CallerEnvironment;
  private since: number;

  constructor(socket: Socket, writer: SocketWriter, environment: CallerEnvironment) {
    this.socket = socket;
    this.environment = environment;
    this.since = environment.clock.now;
    socket.once('finish', () => {
      this.since = environment.clock.now;
    });
    writer.end();
  }

  /** A slow caller still reads its last answer. */
  sweep(now: number): void {
    const limitMs = this.socket.writableFinished ? LINGER_MS : this.environment.callerIdleTimeoutMs;
    if (now - this.since >= limitMs) this.socket.destroy();
  }
}
