import type { Socket } from 'node:net';
import { ClientSession } from '@tulle/wire/http2/client-session';
import type { ClientStream } from '@tulle/wire/http2/client-stream';
import type { ClientSessionOwner } from '@tulle/wire/http2/session-owner';
import { SessionWriter } from '../forward/session-writer.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { Transport } from './dial.ts';
import { Http2PeerStream } from './http2-peer-stream.ts';
import type { PeerConnection, PeerEnvironment } from './peer-connection.ts';
import type { PeerStream } from './peer-stream.ts';

/** More requests than this open another connection: beyond it one stream's loss of a packet delays too many others. */
const MAX_STREAMS = 100;
/** A peer that was silent for this long while requests wait is asked for a sign of life … */
const PING_AFTER_MS = 5_000;
/** … and given up when none comes. */
const PING_TIMEOUT_MS = 5_000;

/** A connection that is left is not waited for longer, though its peer may owe it a window. */
const RETIRE_TIMEOUT_MS = 10_000;

/** One HTTP/2 connection to a peer, with many exchanges at a time. */
export class Http2Peer implements PeerConnection, ClientSessionOwner {
  readonly openedAt: number;
  readonly generation: number;
  readonly serial: string;
  readonly idleLimitMs: number;
  readonly session: ClientSession;
  idleSince = 0;
  offered = false;
  active = 0;
  /** Why the connection broke, for those whose streams it takes along. */
  failure = '';
  private readonly expiresAt: number;
  private readonly socket: Socket;
  private readonly pool: ConnectionPool;
  private readonly environment: PeerEnvironment;
  private readonly writer: SessionWriter;
  private readAt: number;
  private awaitingSettings: Http2PeerStream[] = [];
  private retiring = false;
  private closed = false;

  constructor(transport: Transport, pool: ConnectionPool, environment: PeerEnvironment) {
    const { socket, secure } = transport;
    this.socket = socket;
    this.pool = pool;
    this.environment = environment;
    this.openedAt = transport.openedAt;
    this.generation = transport.generation;
    this.serial = transport.serial;
    this.expiresAt = transport.expiresAt;
    this.idleLimitMs = environment.idleTimeoutMs;
    this.readAt = environment.clock.now;
    this.session = new ClientSession(this, { scheme: secure ? 'https' : 'http' });
    environment.refusals?.follow(this.session.flood.refusals);
    this.writer = new SessionWriter(socket, this.session, environment.turn);
    socket.on('data', (bytes: Buffer) => this.onData(bytes));
    socket.on('drain', () => this.writer.onDrain());
    socket.on('end', () => this.onClose());
    socket.on('error', (error) => {
      this.failure = error.message;
    });
    socket.on('close', () => this.onClose());
    this.session.start();
  }

  /** It has proved to be one: nobody else has a certificate of the mesh. */
  get isAgent(): boolean {
    return this.serial !== '';
  }

  get capacity(): number {
    if (this.retiring || this.closed) return 0;
    const { session, active, pool } = this;
    const most = session.peer.known ? MAX_STREAMS : pool.expectedCapacity;
    return Math.min(most - active, session.capacity);
  }

  get isUsable(): boolean {
    const open = !this.retiring && !this.closed && this.socket.writable;
    return open && (this.serial === '' || Date.now() < this.expiresAt);
  }

  openStream(): PeerStream {
    this.active++;
    return new Http2PeerStream(this, this.session.openStream() as ClientStream);
  }

  /** Tells the stream once the peer has said what it takes. */
  awaitSettings(stream: Http2PeerStream): void {
    this.awaitingSettings.push(stream);
  }

  /** A stream is over. */
  release(): void {
    this.active--;
    this.idleSince = this.environment.clock.now;
    if (!this.closed) this.pool.release(this);
  }

  /** The session says when its last byte has left: a tunnel that was left may still wait for a window. */
  retire(): void {
    if (this.retiring) return;
    this.retiring = true;
    this.session.shutDown();
    if (!this.closed) this.pool.onLeaving(this);
  }

  destroy(): void {
    this.socket.destroy();
  }

  sweep(now: number): void {
    const { session } = this;
    if (this.retiring && this.active === 0 && now - this.idleSince >= RETIRE_TIMEOUT_MS) {
      this.socket.destroy();
    } else if (session.heartbeat.sentAtMs >= 0) {
      // Whatever comes is a sign of life, though the answer may wait behind it.
      if (now - Math.max(session.heartbeat.sentAtMs, this.readAt) < PING_TIMEOUT_MS) return;
      this.failure = 'the peer gave no sign of life';
      this.socket.destroy();
    } else if (this.active > 0 && now - this.readAt >= PING_AFTER_MS) {
      session.heartbeat.ping(now);
    }
  }

  onOutput(): void {
    this.writer.enqueue();
  }

  onFailure(error: Error): void {
    this.failure = error.message;
    this.writer.flush();
    this.socket.destroy();
  }

  /** What is in flight goes on; nothing more is begun here. */
  onGoAway(): void {
    this.retire();
  }

  onDrained(): void {
    this.writer.end();
  }

  onCapacity(): void {
    const { known, maxStreams } = this.session.peer;
    if (known && this.awaitingSettings.length > 0) {
      for (const stream of this.awaitingSettings.splice(0)) stream.onSettings();
    }
    if (known) this.pool.expectedCapacity = Math.max(1, Math.min(MAX_STREAMS, maxStreams));
    if (!this.retiring && !this.closed) this.pool.release(this);
  }

  private onData(bytes: Buffer): void {
    const { clock, turn } = this.environment;
    this.readAt = clock.now;
    this.session.push(bytes, clock.now);
    turn.afterRead(bytes.length);
  }

  private onClose(): void {
    if (this.closed) return;
    this.closed = true;
    this.pool.onClosed(this);
    this.session.lose();
    for (const stream of this.awaitingSettings.splice(0)) stream.onNeverSent();
    this.environment.refusals?.settle(this.session.flood.refusals);
    this.socket.destroy();
    this.environment.turn.flush();
  }
}
