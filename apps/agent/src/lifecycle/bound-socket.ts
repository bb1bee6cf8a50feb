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
}
type CreateHandle = (host: string, port: number, family: 4 | 6) => ServerHandle | number;

const createHandle: CreateHandle = Reflect.get(net, '_createServerHandle');

/** Handles are closed when nobody refers to them. */
const held = new Set<ServerHandle>();

/** Binds a socket that others accept from. `port` takes the place of the one that was asked for. */
export async function bindSocket(name: string, asked: Address, port = asked.port): Promise<HeldSocket> {
  const { address, family } = await promisify(lookup)(asked.host);
  const handle = createHandle(address, port, family === 6 ? 6 : 4);
  const bound: { port?: number } = {};
  const failed = typeof handle === 'number' || handle.getsockname(bound) !== 0;
  if (failed) throw new UsageError(`Port ${port} on ${asked.host} is taken or not allowed.`);
  held.add(handle);
  return { name, asked, port: bound.port ?? port, fd: handle.fd };
}
