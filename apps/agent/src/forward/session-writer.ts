import type { Socket } from 'node:net';
import type { Http2Session } from '@tulle/wire/http2/session';
import type { Flushable, Turn } from './turn.ts';

/** Writes what an HTTP/2 session has for its socket, once per turn of the event loop, and tells the session when the socket is full. */
export class SessionWriter implements Flushable {
  private readonly socket: Socket;
  private readonly session: Http2Session;
  private readonly turn: Turn;
  private queued = false;
  private blocked = false;
  private ending = false;

  constructor(socket: Socket, session: Http2Session, turn: Turn) {
    this.socket = socket;
    this.session = session;
    this.turn = turn;
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

  flush(): void {
    this.queued = false;
    const { socket } = this;
    if (socket.destroyed || socket.writableEnded) return;
    socket.cork();
    this.session.flushTo(socket);
    socket.uncork();
    if (this.ending) socket.end();
    if (socket.writableNeedDrain && !this.blocked) {
      this.blocked = true;
      this.session.setWritable(false);
    }
  }

  onDrain(): void {
    this.blocked = false;
    this.session.setWritable(true);
    this.turn.flush();
  }
}
