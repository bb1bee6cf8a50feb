import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { type Fault, startFaultControl } from './fault.ts';

/** What a handler gets: the parsed target, the JSON body (undefined when empty) and a way to call other services. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** GET, or POST when a body is given, to another service by name. Rejects when it does not answer with 2xx. */
  call(service: string, path: string, body?: unknown): Promise<unknown>;
}

/** Answers with JSON; throws HttpError for anything but 200. */
export type Handler = (call: Call) => Promise<unknown> | unknown;

export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const connections = new Agent({ keepAlive: true, maxSockets: 64 });
const maxBodyBytes = 64 * 1024;
/** For answers under way when the service is stopped. */
const stopGraceMs = 1_000;

/**
 * One service of the shop: plain HTTP on PORT, JSON in and out. It knows nothing of the mesh but the URLs in its
 * environment, `CATALOGUE_URL` for catalogue, which `tulle run` sets.
 */
export function startService(routes: Readonly<Record<string, Handler>>): void {
  const port = Number(process.env.PORT);
  const version = process.env.SERVICE_VERSION ?? 'v1';
  const fault: Fault = startFaultControl();

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const status = error instanceof HttpError ? error.status : 500;
      sendJson(response, status, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  server.keepAliveTimeout = 75_000;
  server.listen(port, '127.0.0.1');

  const stop = () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    // Those that were busy just now would be kept open for the next request.
    setTimeout(() => server.closeAllConnections(), stopGraceMs).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://shop');
    if (url.pathname === '/healthz') return sendJson(response, 200, { ok: true });
    const body = await readJson(request);
    await fault.pass();
    const handler =
      routes[`${request.method} ${url.pathname}`] ??
      routes[`${request.method} ${firstSegment(url.pathname)}/*`];
    if (handler === undefined) throw new HttpError(404, `nothing is at ${url.pathname}`);
    const trace = request.headers.traceparent;
    const result = await handler({
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body,
      call: (service, path, sent) => call(service, path, sent, typeof trace === 'string' ? trace : undefined),
    });
    sendJson(response, 200, result, version);
  }
}

/** Calls a service by its URL in the environment, passing the trace on. */
export function call(service: string, path: string, body?: unknown, traceparent?: string): Promise<unknown> {
  const base = process.env[`${service.toUpperCase().replaceAll('-', '_')}_URL`] ?? `http://${service}`;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers: Record<string, string> = traceparent === undefined ? {} : { traceparent };
  if (text !== undefined) headers['content-type'] = 'application/json';
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      new URL(path, base),
      { agent: connections, method: text === undefined ? 'GET' : 'POST', headers, timeout: 5_000 },
      (response) => {
        readJson(response).then((answer) => {
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(answer);
          else reject(new HttpError(502, `${service} answered ${status}`));
        }, reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new HttpError(504, `${service} did not answer in 5 s`)));
    sent.on('error', reject);
    sent.end(text);
  });
}

function firstSegment(path: string): string {
  const end = path.indexOf('/', 1);
  return end === -1 ? path : path.slice(0, end);
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes) throw new HttpError(413, 'the body is larger than 64 KiB');
    chunks.push(chunk as Buffer);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new HttpError(400, 'the body is not JSON');
  }
}

function sendJson(response: ServerResponse, status: number, value: unknown, version?: string): void {
  const text = JSON.stringify(value ?? {});
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(version === undefined ? {} : { 'x-version': version }),
  });
  response.end(text);
}
