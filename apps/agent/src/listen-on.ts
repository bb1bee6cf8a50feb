import { Server } from 'node:net';
import type { Address } from './data-plane.ts';

/** `backlog` undefined is Node's own; `flags` are those of binding. */
type Begin = (
  this: Server,
  host: string | null,
  port: number | null,
  family: 4 | 6 | null,
  backlog: number | undefined,
  fd: number | undefined,
  flags: number,
) => void;

/**
 * What `server.listen` comes to after it has loaded `node:cluster`, and with it `child_process` and `dgram`, and has
 * looked addresses up that need no looking up: 2 MB of an agent.
 */
const begin: Begin | undefined = Reflect.get(Server.prototype, '_listen2');

/**
 * Binds `server` and resolves with its port; rejects with a sentence that names the address. With `fd` it listens on
 * that socket, which is bound already.
 */
export async function listenOn(
  server: Server,
  { host, port, fd }: Address & { readonly fd?: number },
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.once('listening', resolve);
  const family = familyOf(host);
  if (begin === undefined || server.listening) server.listen({ host, port, ...(fd !== undefined && { fd }) });
  else if (fd !== undefined) begin.call(server, null, null, null, undefined, fd, 0);
  else if (family !== undefined) begin.call(server, host, port, family, undefined, undefined, 0);
  else server.listen({ host, port });
  try {
    await promise;
  } catch (error) {
    throw new Error(`cannot listen on ${host}:${port}`, { cause: error });
  } finally {
    server.removeListener('error', reject);
    server.removeListener('listening', resolve);
  }
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error(`no port was bound on ${host}:${port}`);
  return address.port;
}

/** Undefined of a name, which has to be looked up. Not by `isIP`: its pattern for IPv6 is 160 kB when compiled. */
function familyOf(host: string): 4 | 6 | undefined {
  if (host.includes(':')) return 6;
  return /^[\d.]+$/.test(host) ? 4 : undefined;
}
