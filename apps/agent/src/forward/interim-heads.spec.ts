import { expect, it, onTestFinished } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';
import { RawServer } from '../specs/raw-peer.ts';
import { call, rawClient } from '../specs/services.ts';

const authority = new TestAuthority();
const hint = `HTTP/1.1 103 Early Hints\r\nLink: <${'a'.repeat(1_000)}>; rel=preload\r\n\r\n`;
const final = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Answers every request with so many interim heads, and then with the final one. */
async function startHinting(count: number): Promise<number> {
  const server = await RawServer.listen((socket, received) => {
    if (received.endsWith('\r\n\r\n')) socket.write(hint.repeat(count) + final);
  });
  onTestFinished(() => server.close());
  return server.port;
}

it('a few interim heads pass through two agents', async () => {
  const { port } = await startPair(authority, await startHinting(3));
  const client = await rawClient(port);
  client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
  const received = await client.until(/ok$/);
  expect(received.match(/^HTTP\/1.1 \d+/gm)).toEqual([
    ...Array.from({ length: 3 }, () => 'HTTP/1.1 103'),
    'HTTP/1.1 200',
  ]);
});

it('a service that sends them without end is answered for, and nobody holds them for a caller', async () => {
  const { port, caller } = await startPair(authority, await startHinting(5_000));
  const client = await rawClient(port);
  client.send('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n');
  const received = await client.toEnd();
  expect(received.match(/^HTTP\/1.1 103/gm)?.length).toBeLessThan(100);
  expect(received).toMatch(/^HTTP\/1.1 502 [\s\S]*x-tulle-error: bad_response/m);
  expect(caller.stats()).toMatchObject({ activeRequests: 0 });
});

it('such a service of HTTP/2 loses its stream, not the connection of all others', async () => {
  const service = await startHttp2Service((stream, headers) => {
    if (headers[':path'] === '/hints')
      for (let count = 0; count < 500; count++)
        stream.additionalHeaders({ ':status': 103, link: `<${'a'.repeat(1_000)}>` });
    stream.respond({ ':status': 200 });
    stream.end('ok');
  });
  const { port } = await startOutbound([
    viewOf('web', [{ port: service.port }], { protocol: 'http2', policy: { retries: { attempts: 0 } } }),
  ]);
  expect((await call(port)).body).toBe('ok');
  expect((await call(port, { path: '/hints' })).headers['x-tulle-error']).toBe('peer_reset');
  expect((await call(port)).body).toBe('ok');
  expect(service.sessions).toBe(1);
});
