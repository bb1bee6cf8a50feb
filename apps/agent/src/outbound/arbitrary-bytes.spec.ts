import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { RawClient } from '../specs/raw-peer.ts';
import { call, startRawService, startService } from '../specs/services.ts';

const piece = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/1.1\r\nHost: web\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 3\r\n\r\nabc',
    'POST / HTTP/1.1\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'HEAD / HTTP/1.0\r\nHost: web\r\nConnection: keep-alive\r\n\r\n',
    'CONNECT web:80 HTTP/1.1\r\nHost: web\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: web\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
    'HTTP/1.0 200 OK\r\n\r\nuntil the end',
    '\r\n',
    '0\r\n\r\n',
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const stream = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));

it('whatever callers and services send, the agent answers the next request and forgets the last', async () => {
  let answer = '';
  const wild = await startRawService((socket) => socket.end(answer, 'latin1'));
  const tame = await startService((_request, response) => response.end('tame'));
  const { port, plane } = await startOutbound([
    viewOf('web', [{ port: wild.port }], { timeouts: { requestMs: 1_000 } }),
    viewOf('tame', [{ port: tame }]),
  ]);
  await fc.assert(
    fc.asyncProperty(stream, stream, async (request, response) => {
      answer = response;
      const client = await RawClient.connect(port);
      client.socket.end(request, 'latin1');
      await client.toEnd();
      expect((await call(port, { host: 'tame' })).body).toBe('tame');
    }),
    { numRuns: 200 },
  );
  await expect.poll(() => plane.stats().activeRequests).toBe(0);
  for (const series of plane.telemetry()) {
    const { requests, ok, clientErrors, serverErrors, meshErrors, latency } = series;
    expect(ok + clientErrors + serverErrors + meshErrors).toBe(requests);
    expect(latency.zero + latency.counts.reduce((sum, count) => sum + count, 0)).toBe(requests);
  }
});
