import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { http2Client } from '../specs/http2-services.ts';
import { startOutbound, startPlane, viewOf } from '../specs/planes.ts';
import { startService } from '../specs/services.ts';
import { authority, startEcho, startTcp, tcpClient } from '../tcp/tcp.spec-support.ts';

const tcp = { protocol: 'tcp', port: 5432 } as const;
const connect =
  'CONNECT db.mesh:5432 HTTP/1.1\r\nHost: db.mesh:5432\r\nProxy-Authorization: Basic eA==\r\n\r\n';
const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';

it('passes bytes to a service of TCP, what came with the request and what follows its end among them', async () => {
  const db = await startTcp(async (socket) => void socket.end(`got ${await text(socket)}`));
  const { port, plane } = await startOutbound([viewOf('db', [{ port: db }], tcp)]);
  const client = tcpClient(port);
  client.end(`${connect}\x00\x01 not HTTP`);
  expect(await text(client)).toBe(`${established}got \x00\x01 not HTTP`);
  await expect.poll(() => plane.stats().activeRequests + plane.stats().connected).toBe(0);
  expect(plane.telemetry()).toMatchObject([{ destination: 'db', version: 'v1', ok: 1, meshErrors: 0 }]);
});

it('lets a service of TCP speak first, and end first', async () => {
  const heard = Promise.withResolvers<string>();
  const db = await startTcp((socket) => {
    socket.end('220 ready');
    heard.resolve(text(socket));
  });
  const { port } = await startOutbound([viewOf('db', [{ port: db }], tcp)]);
  const client = tcpClient(port);
  client.write(connect);
  expect(await text(client)).toBe(`${established}220 ready`);
  client.end('still heard');
  expect(await heard.promise).toBe('still heard');
});

it('tells a caller by a reset that the service broke off', async () => {
  const db = await startTcp((socket) => {
    socket.once('data', () => socket.resetAndDestroy());
  });
  const { port } = await startOutbound([viewOf('db', [{ port: db }], tcp)]);
  const client = tcpClient(port);
  client.write(`${connect}half of `);
  const [error] = await once(client.resume(), 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
});

it('reaches a service of TCP through two agents, and over HTTP/2 from its caller as well', async () => {
  const db = await startPlane({
    self: { service: 'db', version: 'v1', instance: 'db-1' },
    local: { host: '127.0.0.1', port: await startEcho() },
    inbound: { host: '127.0.0.1', port: 0, tls: true },
  });
  db.plane.setIdentity(authority.identity('db'));
  db.plane.apply([viewOf('db', [], tcp)]);
  const { port, plane } = await startOutbound([
    viewOf('db', [{ port: db.ports.inbound ?? 0, tls: true }], tcp),
  ]);
  plane.setIdentity(authority.identity('caller'));
  const client = tcpClient(port);
  client.end(`${connect}through two`);
  expect(await text(client)).toBe(`${established}through two`);
  const stream = http2Client(port).request({ ':method': 'CONNECT', ':authority': 'db:5432' });
  stream.end('by a stream');
  expect(await text(stream)).toBe('by a stream');
});

it('waits for the view of a service it does not know, to read the inside as what it is', async () => {
  const asked: string[] = [];
  const web = await startService((_request, response) => response.end('a page'));
  const views = [viewOf('db', [{ port: await startEcho() }], tcp), viewOf('web', [{ port: web }])];
  const both = Promise.withResolvers<void>();
  const { port, plane } = await startOutbound([], {
    limits: { unknownServiceTimeoutMs: 60_000 },
    onUnknownService: (service) => {
      asked.push(service);
      if (asked.length === 2) both.resolve();
    },
  });
  const bytes = tcpClient(port);
  bytes.end(`${connect}\x00bytes`);
  const http = tcpClient(port);
  http.end('CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\n\r\nGET / HTTP/1.1\r\nHost: web\r\n\r\n');
  await both.promise;
  plane.apply(views);
  expect(await text(bytes)).toBe(`${established}\x00bytes`);
  expect(await text(http)).toMatch(/Established\r\n\r\nHTTP\/1.1 200 OK[\s\S]*a page$/);
  expect(asked.sort()).toEqual(['db', 'web']);
});

it('waits for the view of a service it does not know on a stream of HTTP/2 as well', async () => {
  const asked = Promise.withResolvers<string>();
  const { port, plane } = await startOutbound([], {
    limits: { unknownServiceTimeoutMs: 60_000 },
    onUnknownService: asked.resolve,
  });
  const stream = http2Client(port).request({ ':method': 'CONNECT', ':authority': 'db:5432' });
  stream.end('by a stream');
  const answer = text(stream);
  const refused = once(stream, 'response').then(([headers]) => `status ${headers[':status']}`);
  expect(await Promise.race([asked.promise, refused])).toBe('db');
  plane.apply([viewOf('db', [{ port: await startEcho() }], tcp)]);
  expect(await answer).toBe('by a stream');
});
