import type { DataPathErrorCode } from '../errors.ts';
import type { Connector, PeerProtocol } from './connector.ts';
import { Dial, type DialOwner, type Transport } from './dial.ts';
import { Http1Peer } from './http1-peer.ts';
import { Http2Peer } from './http2-peer.ts';
import type { PeerConnection, PeerEnvironment } from './peer-connection.ts';
import type { PeerStream } from './peer-stream.ts';
import { TcpPeer } from './tcp-peer.ts';

/** A request that needs a connection. */
export interface ConnectionWaiter {
  onConnection(stream: PeerStream): void;
  /** Nothing of the request has left this agent. */
  onNoConnection(code: DataPathErrorCode, detail: string): void;
}

export interface PoolLimits {
  max: number;
  /** Requests that may wait beyond those a connection is being opened for. */
  maxPending: number;
  connectMs: number;
  /** A connection older than this takes no further request; 0 means no limit. */
  maxConnectionAgeMs: number;
}

export interface PoolOwner {
  onConnected(): void;
  onConnectFailed(detail: string): void;
}

/** How many requests one connection is opened for before a peer has said how many it takes. */
const presumedCapacity = { http1: 1, http2: 100, tcp: 1 } as const;

const peerOf = { http1: Http1Peer, http2: Http2Peer, tcp: TcpPeer } as const;

/**
 * The connections to one endpoint, all of one protocol. The one used last is used next, so that those not needed
 * grow old and go.
 */
export class ConnectionPool implements DialOwner {
  limits: PoolLimits;
  owner: PoolOwner | undefined = undefined;
  private readonly connector: Connector;
  private readonly environment: PeerEnvironment;
  /** Those with capacity, the one used last at the end. */
  private readonly offered: PeerConnection[] = [];
  private readonly all = new Set<PeerConnection>();
  /** Those of {@link all} that take no further request and end what they have. */
  private readonly leaving = new Set<PeerConnection>();
  private readonly dials = new Set<Dial>();
  private readonly waiting: ConnectionWaiter[] = [];
  private retired = false;
  /** How many requests one connection is opened for: as many as the last one took. */
  expectedCapacity: number;

  constructor(connector: Connector, environment: PeerEnvironment, limits: PoolLimits) {
    this.connector = connector;
    this.environment = environment;
    this.limits = limits;
    this.expectedCapacity = presumedCapacity[connector.protocol];
  }

  /** That is asked for; a peer may agree to less. */
  get protocol(): PeerProtocol {
    return this.connector.protocol;
  }

  get size(): number {
    return this.all.size + this.dials.size;
  }

  /**
   * Against the limit. Those that are leaving may take long over what they have, and must not keep others from being made;
   * but no more of them than the limit itself, or a peer that sends every connection away would get any number.
   */
  private get taken(): number {
    return this.size - Math.min(this.leaving.size, this.limits.max);
  }

  get idleCount(): number {
    let idle = 0;
    for (const { active } of this.all) if (active === 0) idle++;
    return idle;
  }

  get pendingCount(): number {
    return this.waiting.length;
  }

  acquire(waiter: ConnectionWaiter): void {
    const { offered } = this;
    while (offered.length > 0) {
      const peer = offered[offered.length - 1] as PeerConnection;
      const usable = this.mayServe(peer);
      if (usable && peer.capacity > 0) {
        this.give(peer, waiter);
        return;
      }
      this.withdraw(peer);
      if (!usable) peer.retire();
    }
    const expected = this.dials.size * this.expectedCapacity;
    const full = this.taken >= this.limits.max;
    if (full && this.waiting.length - expected >= this.limits.maxPending) {
      waiter.onNoConnection('overloaded', '');
      return;
    }
    this.waiting.push(waiter);
    if (!full && this.waiting.length > expected) this.open();
  }

  /** The request no longer needs a connection. */
  cancel(waiter: ConnectionWaiter): void {
    const index = this.waiting.indexOf(waiter);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  /** A connection has room again: a request on it ended well. */
  release(peer: PeerConnection): void {
    // Who waits is served even by a pool that is retired, not by a connection that is too old: it would never go.
    if (this.waiting.length > 0 && (this.retired || this.mayServe(peer))) this.serveWaiting(peer);
    if (!this.mayServe(peer) || this.taken > this.limits.max) {
      this.withdraw(peer);
      peer.retire();
      return;
    }
    if (peer.active === 0) peer.idleSince = this.environment.clock.now;
    if (!peer.offered && peer.capacity > 0) {
      peer.offered = true;
      this.offered.push(peer);
    }
  }

  /** No longer used: what is idle goes now, what is in flight when it ends. */
  retire(): void {
    this.retired = true;
    if (this.size > 0) this.environment.leaving?.add(this);
    for (const peer of [...this.all]) {
      if (peer.active > 0 && !peer.offered) continue;
      this.withdraw(peer);
      peer.retire();
    }
  }

  destroy(): void {
    this.retired = true;
    this.refuseWaiting('shutting_down');
    for (const dial of [...this.dials]) dial.fail('shutting_down', '');
    for (const peer of [...this.all]) peer.destroy();
  }

  /** Destroys the connections to peers whose certificates are revoked now. */
  destroyWhere(condemned: (peer: PeerConnection) => boolean): void {
    for (const peer of [...this.all]) if (condemned(peer)) peer.destroy();
  }

  sweep(now: number): void {
    for (const dial of this.dials) {
      if (now - dial.startedAt >= this.limits.connectMs) dial.fail('connect_timeout', '');
    }
    for (const peer of this.all) {
      peer.sweep(now);
      if (peer.active > 0) continue;
      if (now - peer.idleSince < peer.idleLimitMs && this.mayServe(peer)) continue;
      this.withdraw(peer);
      peer.retire();
    }
    if (this.retired && this.size === 0) this.environment.leaving?.delete(this);
  }

  onReady(dial: Dial, transport: Transport): void {
    this.dials.delete(dial);
    const peer = new peerOf[transport.protocol](transport, this, this.environment);
    this.all.add(peer);
    if (transport.protocol !== this.connector.protocol) this.expectedCapacity = peer.capacity;
    this.owner?.onConnected();
    this.serveWaiting(peer);
    this.release(peer);
    this.openForWaiting();
    this.environment.turn.flush();
  }

  onFailed(dial: Dial, code: DataPathErrorCode, detail: string): void {
    this.dials.delete(dial);
    // What this agent lacks is not the peer's fault.
    if (code !== 'overloaded') this.owner?.onConnectFailed(detail);
    // As many as it was opened for; those that came meanwhile would only meet the same failure later.
    const meant = this.dials.size === 0 ? this.expectedCapacity : 1;
    for (const waiter of this.waiting.splice(0, meant)) waiter.onNoConnection(code, detail);
    this.openForWaiting();
    this.environment.turn.flush();
  }

  /** It takes no further request, though it may still have some. */
  onLeaving(peer: PeerConnection): void {
    this.leaving.add(peer);
    this.openForWaiting();
  }

  onClosed(peer: PeerConnection): void {
    this.all.delete(peer);
    this.leaving.delete(peer);
    this.withdraw(peer);
    this.openForWaiting();
  }

  private give(peer: PeerConnection, waiter: ConnectionWaiter): void {
    const stream = peer.openStream();
    if (peer.capacity === 0) this.withdraw(peer);
    waiter.onConnection(stream);
  }

  private serveWaiting(peer: PeerConnection): void {
    while (this.waiting.length > 0 && peer.isUsable && peer.capacity > 0) {
      const waiter = this.waiting.shift() as ConnectionWaiter;
      waiter.onConnection(peer.openStream());
    }
  }

  private withdraw(peer: PeerConnection): void {
    if (!peer.offered) return;
    peer.offered = false;
    const last = this.offered.length - 1;
    if (this.offered[last] === peer) this.offered.length = last;
    else this.offered.splice(this.offered.indexOf(peer), 1);
  }

  private mayServe(peer: PeerConnection): boolean {
    if (this.retired || !peer.isUsable || !this.connector.isCurrent(peer.generation)) return false;
    const { maxConnectionAgeMs } = this.limits;
    return maxConnectionAgeMs === 0 || this.environment.clock.now - peer.openedAt < maxConnectionAgeMs;
  }

  private openForWaiting(): void {
    const expected = this.dials.size * this.expectedCapacity;
    if (this.waiting.length > expected && this.taken < this.limits.max) this.open();
  }

  private open(): void {
    const socket = this.connector.open();
    if (socket === undefined) this.refuseWaiting('no_identity');
    else this.dials.add(new Dial(socket, this.connector, this));
  }

  private refuseWaiting(code: DataPathErrorCode): void {
    for (const waiter of this.waiting.splice(0)) waiter.onNoConnection(code, '');
  }
}
