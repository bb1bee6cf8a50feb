import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type ServerStream, startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { rawClient } from '../specs/services.ts';

const upgrade =
  'GET / HTTP/1.1\r\nHost: web\r\nConnection: upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const HEADERS = 1;
const SETTINGS = 4;
const PREFACE_BYTES = 24;
const enableConnectProtocol = Buffer.from([0, 0, 6, SETTINGS, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 1]);

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

it('is not sent to a service of HTTP/2 that did not announce that it takes WebSockets', async () => {
  const seen: unknown[] = [];
  const answer = (stream: ServerStream, headers: IncomingHttpHeaders) => {
    seen.push(headers[':method']);
    stream.respond({ ':status': 200 });
    stream.end('still here');
  };
  const service = await startHttp2Service(answer, {});
  const { port, plane } = await startOutbound([
    viewOf('web', [{ port: service.port }], { protocol: 'http2' }),
  ]);
  const client = await rawClient(port);
  client.send(upgrade);
  await client.until(/^HTTP\/1.1 502 [\s\S]*x-tulle-error: upgrade_unsupported[\s\S]*RFC 8441/);
  client.received = '';
  client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
  await client.until(/^HTTP\/1.1 200 [\s\S]*still here/);
  expect([seen, service.sessions]).toEqual([['GET'], 1]);
  expect(plane.stats().endpoints).toMatchObject([{ active: 0, failedTries: 0 }]);
});

it.each([
  ['another protocol', 'Upgrade: h2c\r\nConnection: upgrade\r\n', 502],
  ['a list of them', 'Upgrade: websocket, h2c\r\nConnection: upgrade\r\n', 502],
  ['the protocol it was asked for', 'Upgrade: WebSocket\r\nConnection: upgrade\r\n', 101],
])(
  'a service of HTTP/1.1 that switches to %s is followed only where it was asked to',
  async (_what, lines, status) => {
    const server = createServer((socket) => {
      onTestFinished(() => void socket.destroy());
      socket.on('error', () => {});
      socket.once('data', () => socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\nsecret`));
    });
    const { port } = await startOutbound([viewOf('web', [{ port: await listen(server) }])]);
    const client = await rawClient(port);
    client.send(upgrade);
    const received = await client.until(/secret|x-tulle-error/);
    expect(received).toMatch(status === 101 ? /^HTTP\/1.1 101 [\s\S]*upgrade: websocket/ : /^HTTP\/1.1 502 /);
    expect(received.includes('secret')).toBe(status === 101);
  },
);

it('waits for the settings of a service that has not told them yet', async () => {
  const early: number[] = [];
  const asked = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    onTestFinished(() => void socket.destroy());
    let bytes = Buffer.alloc(0);
    let at = PREFACE_BYTES;
    let told = false;
    socket.on('error', () => {});
    socket.on('data', (more: Buffer) => {
      bytes = Buffer.concat([bytes, more]);
      for (; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
        const type = bytes[at + 3] as number;
        if (!told) early.push(type);
        else if (type === HEADERS) asked.resolve();
      }
      if (told || !early.includes(SETTINGS)) return;
      told = true;
      socket.write(enableConnectProtocol);
    });
  });
  const { port } = await startOutbound([
    viewOf('web', [{ port: await listen(server) }], { protocol: 'http2' }),
  ]);
  const client = await rawClient(port);
  client.send(upgrade);
  await asked.promise;
  expect(early).not.toContain(HEADERS);
});

it('is answered when the service goes before it told its settings', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end());
  });
  const { port, plane } = await startOutbound([
    viewOf('web', [{ port: await listen(server) }], { protocol: 'http2' }),
  ]);
  const client = await rawClient(port);
  client.send(upgrade);
  await client.until(/^HTTP\/1.1 502 [\s\S]*x-tulle-error: peer_reset/);
  expect(plane.stats()).toMatchObject({ activeRequests: 0, endpoints: [{ active: 0 }] });
});
