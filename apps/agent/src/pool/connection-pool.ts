import type { DataPathErrorCode } from '../errors.ts';
import type { Connector } from './connector.ts';
import { PeerConnection, type PeerEnvironment } from './peer-connection.ts';

/** A request that needs a connection. */
export interface ConnectionWaiter {
  onConnection(peer: PeerConnection): void;
  /** Nothing of the request has left this agent. */
  onNoConnection(code: DataPathErrorCode, detail: string): void;
}

export interface PoolLimits {
  max: number;
  /** Requests that may wait beyond those a connection is being opened for. */
  maxPending: number;
  connectMs: number;
}

export interface PoolOwner {
  onConnected(): void;
  onConnectFailed(detail: string): void;
}

/** The connections to one endpoint. The one used last is used next, so that those not needed grow old and go. */
export class ConnectionPool {
  limits: PoolLimits;
  owner: PoolOwner | undefined = undefined;
  private readonly connector: Connector;
  private readonly environment: PeerEnvironment;
  private readonly idle: PeerConnection[] = [];
  private readonly all = new Set<PeerConnection>();
  private readonly waiting: ConnectionWaiter[] = [];
  private connecting = 0;
  private retired = false;

  constructor(connector: Connector, environment: PeerEnvironment, limits: PoolLimits) {
    this.connector = connector;
    this.environment = environment;
    this.limits = limits;
  }

  get size(): number {
    return this.all.size;
  }

  get idleCount(): number {
    return this.idle.length;
  }

  get pendingCount(): number {
    return this.waiting.length;
  }

  acquire(waiter: ConnectionWaiter): void {
    for (let peer = this.idle.pop(); peer !== undefined; peer = this.idle.pop()) {
      if (this.mayServe(peer)) {
        waiter.onConnection(peer);
        return;
      }
      peer.destroy();
    }
    const full = this.all.size >= this.limits.max;
    if (full && this.waiting.length - this.connecting >= this.limits.maxPending) {
      waiter.onNoConnection('overloaded', '');
      return;
    }
    this.waiting.push(waiter);
    if (!full) this.open();
  }

  /** The request no longer needs a connection. */
  cancel(waiter: ConnectionWaiter): void {
    const index = this.waiting.indexOf(waiter);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  /** A connection whose exchange ended well. */
  release(peer: PeerConnection): void {
    // Who waits is served even by a pool that is retired: a connection opened for him is there.
    const waiter = peer.isUsable ? this.waiting.shift() : undefined;
    if (waiter !== undefined) {
      waiter.onConnection(peer);
    } else if (this.mayServe(peer) && this.all.size <= this.limits.max) {
      peer.idleSince = this.environment.clock.now;
      this.idle.push(peer);
    } else {
      peer.destroy();
    }
  }

  /** No longer used: what is idle goes now, what is in flight when it ends. */
  retire(): void {
    this.retired = true;
    for (const peer of this.idle.splice(0)) peer.destroy();
  }

  destroy(): void {
    this.retired = true;
    this.refuseWaiting('shutting_down');
    for (const peer of [...this.all]) peer.destroy();
  }

  /** Destroys the connections to peers whose certificates are revoked now. */
  destroyWhere(condemned: (peer: PeerConnection) => boolean): void {
    for (const peer of [...this.all]) if (condemned(peer)) peer.destroy();
  }

  sweep(now: number): void {
    if (this.connecting > 0) {
      for (const peer of [...this.all]) {
        if (peer.isConnecting && now - peer.openedAt >= this.limits.connectMs) peer.giveUpConnecting();
      }
    }
    // The oldest stand first, because the stack is used from its other end.
    while (this.idle.length > 0) {
      const oldest = this.idle[0] as PeerConnection;
      if (now - oldest.idleSince < oldest.idleLimitMs && this.mayServe(oldest)) break;
      this.idle.shift();
      oldest.destroy();
    }
  }

  onReady(peer: PeerConnection): void {
    this.connecting--;
    this.owner?.onConnected();
    this.release(peer);
  }

  onFailed(peer: PeerConnection, code: DataPathErrorCode, detail: string): void {
    this.connecting--;
    this.all.delete(peer);
    this.owner?.onConnectFailed(detail);
    this.waiting.shift()?.onNoConnection(code, detail);
    this.openForWaiting();
  }

  onClosed(peer: PeerConnection): void {
    this.all.delete(peer);
    const index = this.idle.indexOf(peer);
    if (index >= 0) this.idle.splice(index, 1);
    this.openForWaiting();
  }

  private mayServe(peer: PeerConnection): boolean {
    return !this.retired && peer.isUsable && this.connector.isCurrent(peer.generation);
  }

  private openForWaiting(): void {
    if (this.waiting.length > this.connecting && this.all.size < this.limits.max) this.open();
  }

  private open(): void {
    const socket = this.connector.open();
    if (socket === undefined) {
      this.refuseWaiting('no_identity');
      return;
    }
    const peer = new PeerConnection(socket, this.connector, this, this.environment);
    this.all.add(peer);
    this.connecting++;
  }

  private refuseWaiting(code: DataPathErrorCode): void {
    for (const waiter of this.waiting.splice(0)) waiter.onNoConnection(code, '');
  }
}
