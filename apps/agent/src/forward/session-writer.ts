import type { Socket } from 'node:net';
import type { Bytes } from '@tulle/wire/http/bytes';
import type { OutputTarget } from '@tulle/wire/http2/output';
import type { Http2Session } from '@tulle/wire/http2/session';
import { SlabWriter } from './slab-writer.ts';
import type { Flushable, Turn } from './turn.ts';

/** With as much behind what the socket has not sent yet, the session is told to wait. */
const MAX_PENDING_BYTES = 1024 * 1024;

/**
 * Writes what an HTTP/2 session has for its socket, once per turn of the event loop. What the socket does not take yet
 * stays with the session, and leaves when it does.
 */
export class SessionWriter implements Flushable, OutputTarget {
  private readonly socket: Socket;
  private readonly session: Http2Session;
  private readonly turn: Turn;
  private readonly slabs: SlabWriter;
  private queued = false;
  private blocked = false;
  private ending = false;

  constructor(socket: Socket, session: Http2Session, turn: Turn) {
    this.socket = socket;
    this.session = session;
    this.turn = turn;
    this.slabs = new SlabWriter(socket, () => this.goOn());
  }

  enqueue(): void {
    if (this.queued) return;
    this.queued = true;
    this.turn.addShared(this);
  }

  /** Half-closes the connection behind everything the session has. */
  end(): void {
    this.ending = true;
    this.enqueue();
  }

  /** One write at a time is encrypted; more of them would be put together first, in new memory. */
  get isReady(): boolean {
    const { socket, slabs } = this;
    return slabs.encrypts ? socket.writableLength === 0 : !socket.writableNeedDrain;
  }

  write(slab: Bytes, length: number): void {
    this.slabs.write(slab, length);
  }

  flush(): void {
    this.queued = false;
    const { socket, session } = this;
    if (socket.destroyed || socket.writableEnded) return;
    session.flushTo(this);
    const { pendingBytes } = session;
    if (this.ending && pendingBytes === 0) socket.end();
    const blocked = pendingBytes >= MAX_PENDING_BYTES || (pendingBytes > 0 && this.blocked);
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    session.setWritable(!blocked);
  }

  onDrain(): void {
    this.goOn();
  }

  private goOn(): void {
    if (this.session.pendingBytes === 0) return;
    this.flush();
    this.turn.flush();
  }
}
