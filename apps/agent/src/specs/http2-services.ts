import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** For specs: a service of another maker that speaks HTTP/2 with prior knowledge. */
export async function startHttp2Service(
  listener: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  settings: Settings = { enableConnectProtocol: true },
): Promise<{ port: number; server: Http2Server; sessions: number }> {
  const server = createServer({ settings });
  const service = { port: 0, server, sessions: 0 };
  const open = new Set<{ destroy(): void }>();
  server.on('session', (session) => {
    service.sessions++;
    open.add(session);
    session.on('close', () => open.delete(session));
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    listener(stream, headers);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of open) session.destroy();
    server.close();
  });
  service.port = (server.address() as AddressInfo).port;
  return service;
}

/** A client of another maker, connected with prior knowledge. */
export function http2Client(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

/** The same over TLS; `ca` in PEM. */
export function secureHttp2Client(port: number, servername: string, ca: string): ClientHttp2Session {
  const session = connect(`https://127.0.0.1:${port}`, { servername, ca });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return session;
}

export type ServerStream = ServerHttp2Stream;

export interface Http2Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  trailers: IncomingHttpHeaders | undefined;
  /** RST_STREAM's code; 0 when the stream ended well. */
  code: number;
}

/** One request; resolves when its stream is closed. */
export async function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders = {},
  body?: Buffer | string,
  trailers?: OutgoingHttpHeaders,
): Promise<Http2Answer> {
  const ends = body === undefined;
  const stream = session.request(
    { ':path': '/', ':authority': 'web', ...headers },
    { endStream: ends, waitForTrailers: trailers !== undefined },
  );
  const answer: Http2Answer = {
    status: 0,
    headers: {},
    body: Buffer.alloc(0),
    trailers: undefined,
    code: 0,
  };
  const chunks: Buffer[] = [];
  stream.on('response', (received) => {
    answer.headers = received;
    answer.status = Number(received[':status']);
  });
  stream.on('trailers', (received) => {
    answer.trailers = received;
  });
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => {});
  if (trailers !== undefined) stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  if (!ends) stream.end(body);
  await once(stream, 'close');
  answer.body = Buffer.concat(chunks);
  answer.code = stream.rstCode ?? 0;
  return answer;
}

/** For specs: a server of another maker that speaks HTTP/2 or HTTP/1.1 over TLS, as ALPN agrees. Returns its port. */
export async function startSecureHttp2Service(
  pem: { cert: string; key: string },
  listener: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<number> {
  const server = createSecureServer({ ...pem, allowHTTP1: true }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

export type Http2Client = ClientHttp2Session;
export type Http2Request = ClientHttp2Stream;

/** Node's client, in plain text; the caller closes it. */
export function connectHttp2(port: number): Http2Client {
  return connect(`http://127.0.0.1:${port}`);
}
