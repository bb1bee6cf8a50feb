import net from 'node:net';
import type { Address } from '../data-plane.ts';
import { UnreadCaller } from './accept.ts';
import type { CallerEnvironment, Passage } from './passage.ts';

/** Binds `server` and resolves with its port; rejects with a sentence that names the address. */
export async function listenOn(server: net.Server, { host, port }: Address): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw new Error(`cannot listen on ${host}:${port}`, { cause: error });
  }
  server.removeListener('error', reject);
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error(`no port was bound on ${host}:${port}`);
  return address.port;
}

/** A listener in plain text: whatever connects is read as HTTP and given to `passage`. */
export function plainListener(
  passage: Passage,
  environment: CallerEnvironment,
  mayAccept: () => boolean,
): net.Server {
  const options = { noDelay: true, keepAlive: true, allowHalfOpen: true };
  return net.createServer(options, (socket) => {
    if (mayAccept()) new UnreadCaller(socket, passage, environment);
    else socket.destroy();
  });
}
