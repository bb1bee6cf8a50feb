import { once } from 'node:events';
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { flagOf, UsageError } from '../lifecycle/options.ts';
import type { AgentStatus } from './agent-status.ts';
import { prometheusText } from './prometheus-text.ts';

export interface AdminPort {
  readonly port: number;
  close(): void;
}

/**
 * /healthz, /readyz, /metrics and /config for people and probes on this machine: loopback only. Node's HTTP server
 * costs 3 MB, so it is loaded with the first connection.
 */
export async function openAdminPort(
  port: number,
  status: () => AgentStatus,
  configTexts: () => Record<string, string>,
): Promise<AdminPort> {
  let http: Promise<HttpServer> | undefined;
  const sockets = new Set<Socket>();
  const server = createServer(async (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('error', () => socket.destroy());
    http ??= createHttpServer(status, configTexts);
    (await http).emit('connection', socket);
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `The admin port cannot be opened (${reason}): choose another with ${flagOf('adminPort')}.`,
    );
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the admin port has no address');
  return {
    port: address.port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function createHttpServer(
  status: () => AgentStatus,
  configTexts: () => Record<string, string>,
): Promise<HttpServer> {
  const { createServer: createHttp } = await import('node:http');
  return createHttp({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) =>
    send(response, answer(request, status(), configTexts)),
  );
}

const json = 'application/json; charset=utf-8';
const prometheus = 'text/plain; version=0.0.4; charset=utf-8';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function answer(
  { method, url, headers }: IncomingMessage,
  status: AgentStatus,
  configTexts: () => Record<string, string>,
): Answer {
  // A page in a browser must not reach this by a name of its own that resolves to loopback.
  if (!isLocalHost(headers.host)) return error(403, 'Only loopback names are served.');
  if (method !== 'GET' && method !== 'HEAD') return error(405, 'Only GET.');
  switch (url?.split('?')[0]) {
    case '/healthz':
      return { status: 200, type: json, body: JSON.stringify({ ok: true }) };
    case '/readyz':
      return { status: status.notReady.length === 0 ? 200 : 503, type: json, body: readiness(status) };
    case '/metrics':
      return { status: 200, type: prometheus, body: prometheusText(status) };
    case '/config':
      return { status: 200, type: json, body: configuration(status, configTexts()) };
    default:
      return error(404, 'There is /healthz, /readyz, /metrics and /config.');
  }
}

function isLocalHost(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host ?? '');
}

function readiness({ notReady, connected }: AgentStatus): string {
  return JSON.stringify({ ready: notReady.length === 0, reasons: notReady, apiConnected: connected });
}

/** What is in force; neither key nor token is known here. */
function configuration(status: AgentStatus, texts: Record<string, string>): string {
  const { self, version, revision, rejected, certificate, connected, stats } = status;
  const resources = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.parse(text)]));
  return JSON.stringify(
    { self, version, connected, revision, rejected, certificate, stats, resources },
    null,
    2,
  );
}

function error(status: number, message: string): Answer {
  return { status, type: json, body: JSON.stringify({ error: message }) };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
