import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { RawClient, RawServer } from './raw-peer.ts';

/** An HTTP service on a free port, closed when the test ends. */
export async function startService(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export async function startRawService(...args: Parameters<typeof RawServer.listen>): Promise<RawServer> {
  const server = await RawServer.listen(...args);
  onTestFinished(() => server.close());
  return server;
}

export async function rawClient(port: number): Promise<RawClient> {
  const client = await RawClient.connect(port);
  onTestFinished(() => {
    client.socket.destroy();
  });
  return client;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export const keepAlive = new Agent({ keepAlive: true, maxSockets: 8 });

/** A request as an application makes it, through an agent's outbound port. */
export async function call(
  port: number,
  {
    host = 'web',
    path = '/',
    method = 'GET',
    headers = {},
    body = '',
    agent = keepAlive,
  }: {
    host?: string;
    path?: string;
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    agent?: Agent;
  } = {},
): Promise<Answer> {
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers: { host, ...headers },
    agent,
  });
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
