import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Api } from '../api.ts';
import type { People } from '../people/people.ts';
import type { Person } from '../people/person.ts';
import { appRouter } from '../router.ts';
import type { Context } from '../trpc.ts';
import type { Guard } from './guard.ts';
import { createOpenSockets } from './open-sockets.ts';

/** What answers everything that is not the API: the dashboard. */
export interface WebHandler {
  request(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Present in development, where Next reloads pages over a WebSocket. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
}

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly api: Api;
  readonly people: People;
  readonly guard: Guard;
  readonly web: WebHandler | undefined;
  /** Throws with the reason while the server should get no traffic. */
  readonly ready: () => Promise<void>;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly logger: Logger;
}

const maxBodyBytes = 2_000_000;
const maxSockets = 2_000;

/** Adds what browsers should refuse on our pages; scripts and styles of Next and Mantine are partly inline. */
const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'content-security-policy':
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
} as const;

/**
 * The people's port: dashboard, tRPC over HTTP and ws, sign-in, health and metrics on one listener.
 * Errors: rejects with the listener's own (EADDRINUSE, EACCES) when it cannot listen.
 */
export async function startHttpServer(
  options: HttpServerOptions,
): Promise<{ port: number; close(): Promise<void> }> {
  const { api, people, guard, logger } = options;
  const socketContext = async ({ req }: { req: IncomingMessage }): Promise<Context> => ({
    api,
    whoAsks: () => people.personOf(req.headers),
  });
  /** The calls of one request are one look. */
  const requestContext = async ({ req }: { req: IncomingMessage }): Promise<Context> => {
    let person: Promise<Person | undefined> | undefined;
    const whoAsks = () => {
      person ??= people.personOf(req.headers);
      return person;
    };
    return { api, whoAsks };
  };
  const logFailure = ({
    error,
    path,
  }: {
    error: { code: string; cause?: unknown };
    path?: string | undefined;
  }) => {
    if (error.code === 'INTERNAL_SERVER_ERROR')
      logger.error({ err: error.cause ?? error, path }, 'procedure failed');
  };
  const trpc = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    createContext: requestContext,
    maxBodySize: maxBodyBytes,
    onError: logFailure,
  });

  const server = createServer(
    { requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      answer(request, response).catch((err: unknown) => {
        logger.error({ err, url: request.url }, 'request failed');
        if (!response.headersSent) sendText(response, 500, 'The server failed; its log says why.');
        else response.destroy();
      });
    },
  );
  server.maxConnections = maxSockets;

  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxBodyBytes });
  const trpcSockets = applyWSSHandler({
    wss: sockets,
    router: appRouter,
    createContext: socketContext,
    keepAlive: { enabled: true, pingMs: 20_000, pongWaitMs: 10_000 },
    onError: logFailure,
  });
  const openSockets = createOpenSockets({
    sockets,
    isSignedIn: async (headers) => (await people.personOf(headers)) !== undefined,
    logger,
  });
  const stopHearing = people.onDeparture(openSockets.lookAgain);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', (err) => logger.debug({ err }, 'socket failed during its upgrade'));
    upgrade(request, socket, head).catch((err: unknown) => {
      logger.error({ err, url: request.url }, 'upgrade failed');
      socket.destroy();
    });
  });

  await listen(server, options.port, options.host);
  return { port: (server.address() as AddressInfo).port, close };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = pathOf(request);
    // Probes come by address, from schedulers that know no name; they learn nothing.
    if (path === '/healthz') return sendText(response, 200, 'ok');
    if (path === '/readyz') return answerReady(response);
    const refusal = guard.refusal({
      method: request.method ?? 'GET',
      headers: request.headers,
      upgrade: false,
    });
    if (refusal !== undefined) return sendText(response, 403, refusal);
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    if (path === '/metrics') return sendText(response, 200, await options.metrics());
    if (path.startsWith('/trpc/')) return void trpc(request, response);
    if (path.startsWith('/api/auth/')) return people.handle(request, response);
    if (options.web === undefined) return sendText(response, 404, 'No dashboard is built into this server.');
    return options.web.request(request, response);
  }

  async function answerReady(response: ServerResponse): Promise<void> {
    try {
      await options.ready();
      sendText(response, 200, 'ready');
    } catch (error) {
      sendText(response, 503, error instanceof Error ? error.message : 'not ready');
    }
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refusal = guard.refusal({ method: 'GET', headers: request.headers, upgrade: true });
    if (refusal !== undefined) return refuseUpgrade(socket, '403 Forbidden', refusal);
    if (pathOf(request) === '/trpc') {
      if (sockets.clients.size >= maxSockets)
        return refuseUpgrade(socket, '503 Service Unavailable', 'Too many connections.');
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
      return;
    }
    if (options.web?.upgrade !== undefined) return options.web.upgrade(request, socket, head);
    refuseUpgrade(socket, '404 Not Found', 'No WebSocket is served here.');
  }

  /** Lets requests in flight finish; tells open pages to come back, for they reconnect by themselves. */
  async function close(): Promise<void> {
    stopHearing();
    openSockets.stop();
    trpcSockets.broadcastReconnectNotification();
    for (const client of sockets.clients) client.close(1001, 'the server stops');
    server.closeIdleConnections();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const patience = setTimeout(() => {
      for (const client of sockets.clients) client.terminate();
      server.closeAllConnections();
    }, 2_000);
    await closed;
    clearTimeout(patience);
    sockets.close();
  }
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
    .end(`${text}\n`);
}

function refuseUpgrade(socket: Duplex, status: string, text: string): void {
  const body = `${text}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
