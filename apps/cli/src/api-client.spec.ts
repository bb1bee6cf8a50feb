import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { initTRPC } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { withApi } from './api-client.ts';

beforeEach(() => void vi.stubEnv('TULLE_TOKEN', 'some'));
afterEach(() => void vi.unstubAllEnvs());

async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (url: string) => withApi({ url }, async (api) => void (await api.people.me.query()));

test('what answers in another language than ours is said to be no server of ours', async () => {
  const url = await answering((_request, response) =>
    response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>'),
  );
  await expect(ask(url)).rejects.toThrow(`What answers at ${url} is not a Tulle server; check the address.`);
});

test('a refusal in plain text is passed on', async () => {
  const url = await answering((_request, response) =>
    response
      .writeHead(403, { 'content-type': 'text/plain; charset=utf-8' })
      .end('This server is not called x.\n'),
  );
  await expect(ask(url)).rejects.toThrow(`${url} answers: This server is not called x.`);
});

test('a server that does not know the question is of another version', async () => {
  const router = initTRPC.create().router({});
  const url = await answering(createHTTPHandler({ router, basePath: '/trpc/' }));
  await expect(ask(url)).rejects.toThrow(`The server at ${url} is of another version than this command`);
});

test('https to a port without TLS says so', async () => {
  const url = await answering((_request, response) => void response.end());
  await expect(ask(url.replace('http:', 'https:'))).rejects.toThrow(/does not speak TLS .* try http:\/\//);
});
