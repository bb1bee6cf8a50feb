import type { Socket as DatagramSocket } from 'node:dgram';
import { closeSync } from 'node:fs';
import type { Server } from 'node:net';
import type { Address } from '../data-plane.ts';
import { listenOn } from '../listen-on.ts';

/** A socket that listens, as one process hands it to another. */
export interface HeldSocket {
  /** What it is for: `outbound`, `inbound`, `upstream-orders`, … */
  readonly name: string;
  readonly fd: number;
  /** What was asked for; its port may be 0. */
  readonly asked: Address;
  /** The port that was bound. */
  readonly port: number;
}

/** A socket this process was started with. Of one from systemd only the name is known. */
export type InheritedSocket = Pick<HeldSocket, 'name' | 'fd'> & Partial<HeldSocket>;

interface Held {
  readonly owner: object;
  readonly asked: Address;
  readonly port: number;
}

/**
 * All sockets this process listens on, by what they are for, so that they can be handed to a successor, and those it
 * was itself handed. One socket, not a second one with SO_REUSEPORT: connections wait in the queue of the socket they
 * came to, and closing that socket would reset them; here the queue outlives the process that reads from it.
 */
export class ListeningSockets {
  private readonly inherited: Map<string, InheritedSocket>;
  private readonly held = new Map<string, Held>();
  private waiting: (() => Promise<unknown>)[] | undefined = [];

  constructor(inherited: readonly InheritedSocket[] = []) {
    this.inherited = new Map(inherited.map((socket) => [socket.name, socket]));
  }

  /**
   * Binds `server` and resolves with its port, or rejects with a sentence that names the address. On a socket of a
   * predecessor nothing is accepted before {@link open}: until all is ready, the predecessor serves better.
   */
  async listen(name: string, server: Server, asked: Address): Promise<number> {
    const inherited = this.take(name, asked);
    const start = () => listenOn(server, { ...asked, ...(inherited && { fd: inherited.fd }) });
    const known = inherited?.port;
    if (known !== undefined && this.waiting !== undefined) this.waiting.push(start);
    const port = known !== undefined && this.waiting !== undefined ? known : await start();
    this.held.set(name, { owner: server, asked, port });
    return port;
  }

  /** Binds a datagram socket, as {@link listen}; both processes may read from it for a moment. */
  async bind(name: string, socket: DatagramSocket, asked: Address): Promise<void> {
    const inherited = this.take(name, asked);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('error', reject);
    if (inherited === undefined) socket.bind({ address: asked.host, port: asked.port }, resolve);
    else socket.bind({ fd: inherited.fd }, resolve);
    await promise;
    socket.removeListener('error', reject);
    this.held.set(name, { owner: socket, asked, port: socket.address().port });
  }

  /** Begins to accept on the sockets of the predecessor, and closes those that nobody asked for. */
  async open(): Promise<void> {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    await Promise.all(waiting.map((start) => start()));
    for (const { fd } of this.inherited.values()) closeSync(fd);
    this.inherited.clear();
  }

  /** Those that listen now. */
  sockets(): HeldSocket[] {
    return [...this.held].flatMap(([name, { owner, asked, port }]) => {
      const fd = descriptorOf(owner);
      return fd === undefined ? [] : [{ name, fd, asked, port }];
    });
  }

  private take(name: string, { host, port }: Address): InheritedSocket | undefined {
    const found = this.inherited.get(name);
    if (found === undefined) return undefined;
    const { asked } = found;
    const fits = asked === undefined || (asked.host === host && (port === asked.port || port === found.port));
    if (!fits) return undefined;
    this.inherited.delete(name);
    return found;
  }
}

/** Node tells nobody the number of a socket; its handle has it for as long as the socket is open. */
function descriptorOf(owner: object): number | undefined {
  // A datagram socket keeps its handle behind a symbol.
  const state = Object.getOwnPropertySymbols(owner).find((key) => key.description === 'state symbol');
  const handle: unknown = state === undefined ? own(owner, '_handle') : own(own(owner, state), 'handle');
  const fd = own(handle, 'fd');
  return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

function own(owner: unknown, key: PropertyKey): unknown {
  return typeof owner === 'object' && owner !== null ? Reflect.get(owner, key) : undefined;
}
