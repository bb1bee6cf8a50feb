import type { Socket } from 'node:net';
import type { Bytes } from '@tulle/wire/http/bytes';
import type { Flushable, Turn } from './turn.ts';

/** Below this, copying bytes into the string that is written anyway is cheaper than a second write. */
const INLINE_BYTES = 8 * 1024;

/** Told when the socket takes no more for now. The matching `drain` comes from the socket itself. */
export interface WriterOwner {
  onWriteBlocked(): void;
}

/**
 * Collects what one event has for a socket and writes it at once. Text is latin1: heads as they were read,
 * small bodies, chunk framing. Large bodies are passed on as the buffers they came in.
 */
export class SocketWriter implements Flushable {
  private readonly socket: Socket;
  private readonly turn: Turn;
  private readonly owner: WriterOwner;
  private text = '';
  private queued = false;
  private corked = false;
  private ending = false;

  constructor(socket: Socket, turn: Turn, owner: WriterOwner) {
    this.socket = socket;
    this.turn = turn;
    this.owner = owner;
  }

  add(text: string): void {
    this.text += text;
    this.enqueue();
  }

  addBytes(bytes: Bytes, start: number, end: number): void {
    if (end - start <= INLINE_BYTES) {
      this.text += bytes.toString('latin1', start, end);
    } else if (this.isWritable) {
      if (!this.corked) this.socket.cork();
      this.corked = true;
      this.writeText();
      this.socket.write(bytes.subarray(start, end));
    }
    this.enqueue();
  }

  /** Half-closes the connection behind everything that was added. */
  end(): void {
    this.ending = true;
    this.enqueue();
  }

  flush(): void {
    this.queued = false;
    if (!this.isWritable) {
      this.text = '';
      return;
    }
    this.writeText();
    if (this.ending) this.socket.end();
    if (this.corked) {
      this.corked = false;
      this.socket.uncork();
    }
    if (this.socket.writableNeedDrain) this.owner.onWriteBlocked();
  }

  private get isWritable(): boolean {
    return !this.socket.destroyed && !this.socket.writableEnded;
  }

  private writeText(): void {
    if (this.text.length === 0) return;
    this.socket.write(this.text, 'latin1');
    this.text = '';
  }

  private enqueue(): void {
    if (this.queued) return;
    this.queued = true;
    this.turn.add(this);
  }
}
