import type { Server } from 'node:net';
import type { Address } from './data-plane.ts';

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
  server.listen({ host, port, ...(fd !== undefined && { fd }) }, resolve);
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
