import type { Socket } from 'node:net';
import { type CallerConnection, QUIET_MS } from './exchange-caller.ts';
import type { CallerEnvironment } from './passage.ts';

/** A connection nothing is known of yet: its first bytes tell who is to read it. */
export abstract class UnreadConnection implements CallerConnection {
  readonly identity = undefined;
  readonly protocol = 'unread';
  protected readonly socket: Socket;
  protected readonly environment: CallerEnvironment;
  /** Since when it is waited for: the first byte, or what must follow it. */
  protected since: number;
  private retiring: boolean;
  protected readonly onData = (bytes: Buffer) => this.receive(bytes);
  protected readonly onGone = () => this.leave();

  constructor(socket: Socket, environment: CallerEnvironment) {
    this.socket = socket;
    this.environment = environment;
    this.since = environment.clock.now;
    this.retiring = environment.draining;
    environment.callers.add(this);
    socket.on('data', this.onData);
    socket.on('end', this.onGone);
    socket.on('error', this.onGone);
    socket.on('close', this.onGone);
  }

  protected abstract receive(bytes: Buffer): void;

  abstract sweep(now: number): void;

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? '';
  }

  get waitingBytes(): number {
    return this.socket.writableLength;
  }

  /** Its first request may be on the way; whoever reads it says that it is the last. */
  retire(): void {
    this.retiring = true;
  }

  destroy(): void {
    this.leave();
  }

  /** How long its first byte is waited for. */
  protected get patienceMs(): number {
    return this.retiring ? QUIET_MS : this.environment.callerIdleTimeoutMs;
  }

  protected leave(): void {
    this.forget();
    this.socket.on('error', () => {});
    this.socket.destroy();
  }

  /** Somebody else reads on. */
  protected forget(): void {
    const { socket } = this;
    this.environment.callers.delete(this);
    socket.removeListener('data', this.onData);
    socket.removeListener('end', this.onGone);
    socket.removeListener('error', this.onGone);
    socket.removeListener('close', this.onGone);
  }
}
