import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';

let anchor: Promise<Server> | undefined;

/**
 * A port on loopback where nobody listens, for as long as this process lives. A port that was free a moment ago is
 * what the next socket on the machine may get; this one is the local port of a connection, so that only who asks for
 * it by its number gets it: to listen there, again and again.
 */
export async function reservedPort(): Promise<number> {
  anchor ??= listen();
  for (;;) {
    const port = await unusedPort();
    if (await isKept(port, portOf(await anchor))) return port;
  }
}

/** False when somebody was quicker. */
async function isKept(localPort: number, port: number): Promise<boolean> {
  // Elsewhere nobody could listen beside the connection; Linux allows it, since libuv sets SO_REUSEADDR for both.
  if (process.platform !== 'linux') return true;
  const keeper = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.1', localPort });
  try {
    await once(keeper, 'connect');
  } catch {
    return false;
  }
  keeper.on('error', () => undefined).unref();
  return true;
}

async function unusedPort(): Promise<number> {
  const server = await listen();
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function listen(): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).unref());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.unref();
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
