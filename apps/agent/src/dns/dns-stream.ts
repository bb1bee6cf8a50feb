import type { Socket } from 'node:net';
import { MAX_QUERY_BYTES } from './dns-query.ts';
import type { DnsResponder } from './dns-responder.ts';

/** RFC 7766 section 6.2.3: a few seconds. */
const IDLE_TIMEOUT_MS = 10_000;

/** Queries of one connection that may wait for their answers. */
const MAX_PENDING = 16;

/** DNS over TCP (RFC 7766): each message has its length before it; answers come in the order they are ready. */
export class DnsStream {
  private readonly socket: Socket;
  private readonly responder: DnsResponder;
  private held = Buffer.alloc(0);
  private pending = 0;
  /** An answer that is ready at once comes from inside of the loop, which goes on by itself. */
  private reading = false;

  constructor(socket: Socket, responder: DnsResponder) {
    this.socket = socket;
    this.responder = responder;
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('drain', () => this.readOn());
    socket.on('data', (bytes) => {
      this.held = this.held.length === 0 ? bytes : Buffer.concat([this.held, bytes]);
      this.readOn();
    });
  }

  private get isFull(): boolean {
    return this.pending >= MAX_PENDING || this.socket.writableNeedDrain;
  }

  private readOn(): void {
    this.reading = true;
    while (!this.isFull && !this.socket.destroyed && this.held.length >= 2) {
      const end = 2 + this.held.readUInt16BE(0);
      if (end <= 2 + MAX_QUERY_BYTES && end > this.held.length) break;
      const message = this.held.subarray(2, end);
      this.held = this.held.subarray(end);
      this.pending++;
      const answers =
        message.length <= MAX_QUERY_BYTES && this.responder.respond(message, (answer) => this.send(answer));
      if (!answers) this.socket.destroy();
    }
    this.reading = false;
    if (this.isFull) this.socket.pause();
    else this.socket.resume();
  }

  private send(answer: Uint8Array): void {
    const wasFull = this.isFull;
    this.pending--;
    if (this.socket.writable) {
      const length = Buffer.allocUnsafe(2);
      length.writeUInt16BE(answer.length, 0);
      this.socket.cork();
      this.socket.write(length);
      this.socket.write(answer);
      this.socket.uncork();
    }
    if (wasFull && !this.reading) this.readOn();
  }
}
