import { lookup } from 'node:dns';
import net from 'node:net';
import { promisify } from 'node:util';
import type { Address } from '../data-plane.ts';
import type { HeldSocket } from './listening-sockets.ts';
import { UsageError } from './options.ts';

/** What Node binds servers with. A server of its own would accept, and whoever only holds a socket must not. */
interface ServerHandle {
  readonly fd: number;
  getsockname(out: { port?: number }): number;
  close(): void;
}
type CreateHandle = (host: string, port: number, family: 4 | 6) => ServerHandle | number;

const createHandle: CreateHandle = Reflect.get(net, '_createServerHandle');

/** Handles are closed when nobody refers to them. */
const held = new Map<HeldSocket, ServerHandle>();

/** Binds a socket that others accept from. `port` takes the place of the one that was asked for. */
export async function bindSocket(name: string, asked: Address, port = asked.port): Promise<HeldSocket> {
  const { address, family } = await promisify(lookup)(asked.host);
  const handle = createHandle(address, port, family === 6 ? 6 : 4);
  const bound: { port?: number } = {};
  const failed = typeof handle === 'number' || handle.getsockname(bound) !== 0;
  if (failed) {
    if (typeof handle !== 'number') handle.close();
    // As a server that cannot listen says it.
    const cause = Object.assign(new Error('the port was not bound'), { code: 'EADDRINUSE', port });
    throw new UsageError(`Port ${port} on ${asked.host} is taken or not allowed.`, { cause });
  }
  const socket = { name, asked, port: bound.port ?? port, fd: handle.fd };
  held.set(socket, handle);
  return socket;
}

/** All of them, or none. */
export async function bindSockets(addresses: readonly (readonly [string, Address])[]): Promise<HeldSocket[]> {
  const bound: HeldSocket[] = [];
  try {
    for (const [name, address] of addresses) bound.push(await bindSocket(name, address));
    return bound;
  } catch (error) {
    for (const socket of bound) {
      held.get(socket)?.close();
      held.delete(socket);
    }
    throw error;
  }
}
