import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { listenOn } from './listen-on.ts';

function echo(): Server {
  const server = createServer((socket) => socket.pipe(socket));
  onTestFinished(() => void server.close());
  return server;
}

async function answers(host: string, port: number): Promise<string> {
  const socket = connect(port, host);
  socket.end('hello');
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

const addresses = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
const hasIpv6 = addresses.some(({ address }) => address === '::1');

test.each(['127.0.0.1', 'localhost', ...(hasIpv6 ? ['::1'] : [])])('%s is listened on', async (host) => {
  const server = echo();
  const port = await listenOn(server, { host, port: 0 });
  expect(server.address()).toMatchObject({ port });
  expect(await answers(host, port)).toBe('hello');
});

test('what listens on one address does not answer on another', async () => {
  const port = await listenOn(echo(), { host: '127.0.0.1', port: 0 });
  await expect(answers('127.0.0.2', port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test.each([
  ['a port that is taken', async () => await listenOn(echo(), { host: '127.0.0.1', port: 0 }), '127.0.0.1'],
  ['an address of nobody', async () => 0, '999.1.1.1'],
])('%s is named', async (_what, taken, host) => {
  const port = await taken();
  const listening = listenOn(echo(), { host, port });
  await expect(listening).rejects.toThrow(`cannot listen on ${host}:${port}`);
});
