import type { Server as HttpServer, ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { ListeningSockets } from '../lifecycle/listening-sockets.ts';
import { flagOf, UsageError } from '../lifecycle/options.ts';
import type { AdminAnswer } from './admin-pages.ts';
import type { AdminSource } from './admin-source.ts';

export interface AdminPort {
  readonly port: number;
  close(): void;
}

/**
 * State, metrics and diagnostics for people and probes on this machine: loopback only. Node's HTTP server costs 3 MB, so
 * it and the pages are loaded with the first connection.
 */
export async function openAdminPort(
  port: number,
  source: AdminSource,
  listening = new ListeningSockets(),
): Promise<AdminPort> {
  let http: Promise<HttpServer> | undefined;
  const sockets = new Set<Socket>();
  const server = createServer(async (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('error', () => socket.destroy());
    http ??= createHttpServer(source);
    (await http).emit('connection', socket);
  });
  try {
    const bound = await listening.listen('admin', server, { host: '127.0.0.1', port });
    return {
      port: bound,
      close: () => {
        server.close();
        for (const socket of sockets) socket.destroy();
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `The admin port cannot be opened (${reason}): choose another with ${flagOf('adminPort')}.`,
    );
  }
}

async function createHttpServer(source: AdminSource): Promise<HttpServer> {
  const [{ createServer: createHttp }, { adminAnswer }] = await Promise.all([
    import('node:http'),
    import('./admin-pages.ts'),
  ]);
  return createHttp({ requestTimeout: 5_000, headersTimeout: 5_000 }, async (request, response) => {
    const { method, url, headers } = request;
    send(response, await adminAnswer({ method, url, host: headers.host, origin: headers.origin }, source));
  });
}

function send(response: ServerResponse, { status, type, body }: AdminAnswer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
