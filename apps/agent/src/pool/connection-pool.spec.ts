import { expect, it } from 'vitest';
import { startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import type { RawClient } from '../specs/raw-peer.ts';
import { call, rawClient, startRawService, startService } from '../specs/services.ts';

const request = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n';
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

it('a request that waits gets the connection another has done with', async () => {
  const service = await startService((_request, response) => response.end());
  const connections = { max: 1, maxPending: 10 };
  const { port } = await startOutbound([viewOf('web', [{ port: service }], { policy: { connections } })]);
  const answers = await Promise.all(Array.from({ length: 8 }, () => call(port)));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
});

it('a connection that is too old goes, also while requests wait for it', async () => {
  const ports = new Set<number | undefined>();
  const service = await startService((request, response) => {
    ports.add(request.socket.remotePort);
    setTimeout(() => response.end(), 110);
  });
  const connections = { max: 1, maxPending: 10 };
  const timeouts = { maxConnectionAgeMs: 50 };
  const { port } = await startOutbound([
    viewOf('web', [{ port: service }], { timeouts, policy: { connections } }),
  ]);
  const answers = await Promise.all(Array.from({ length: 4 }, () => call(port)));
  expect(answers.map(({ status }) => status)).toEqual(Array(4).fill(200));
  expect(ports.size).toBe(4);
});

it('a connection that is sent away makes room for another while it ends what it has, but not for any number', async () => {
  const ends: (() => void)[] = [];
  let arrived = Promise.withResolvers<void>();
  const service = await startHttp2Service((stream) => {
    stream.respond({ ':status': 200 });
    ends.push(() => stream.end('late'));
    stream.session?.goaway();
    // Answered behind what was said before.
    stream.session?.ping(() => arrived.resolve());
  });
  const policy = { connections: { max: 1, maxPending: 0 } };
  const { port } = await startOutbound([
    viewOf('web', [{ port: service.port }], { protocol: 'http2', policy }),
  ]);
  const clients: RawClient[] = [];
  for (let time = 0; time < 2; time++) {
    arrived = Promise.withResolvers<void>();
    const client = await rawClient(port);
    client.send(request);
    await Promise.all([arrived.promise, client.until(/^HTTP\/1.1 200 /)]);
    clients.push(client);
  }
  expect(service.sessions).toBe(2);
  expect((await call(port)).headers['x-tulle-error']).toBe('overloaded');
  for (const end of ends) end();
  for (const client of clients) await client.until(/late/);
});

it('requests that wait for an endpoint a configuration drops are still answered', async () => {
  const held: (() => void)[] = [];
  const arrived = Promise.withResolvers<void>();
  const service = await startService((_request, response) => {
    held.push(() => response.end());
    arrived.resolve();
    if (held.length > 1) response.end();
  });
  const connections = { max: 1, maxPending: 10 };
  const { port, plane } = await startOutbound([
    viewOf('web', [{ port: service }], { policy: { connections } }),
  ]);
  const answers = [call(port), call(port)];
  await arrived.promise;
  await expect.poll(() => plane.stats().endpoints[0]?.pending).toBe(1);
  plane.apply([viewOf('web', [])]);
  held[0]?.();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
});

it('a connection is given up before the peer’s own idle timeout', async () => {
  const service = await startRawService((socket, received) => {
    if (received.endsWith('\r\n\r\n'))
      socket.write(ok.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=1\r\n\r\n'));
  });
  const { port, plane } = await startOutbound([viewOf('web', [{ port: service.port }])]);
  const client = await rawClient(port);
  client.send(request);
  await client.until(/\r\n\r\n/);
  await expect.poll(() => plane.stats().connected).toBe(0);
});

it('idle connections go after a while', async () => {
  const service = await startService((_request, response) => response.end());
  const limits = { poolIdleTimeoutMs: 1 };
  const { port, plane } = await startOutbound([viewOf('web', [{ port: service }])], { limits });
  expect((await call(port)).status).toBe(200);
  await expect.poll(() => plane.stats().connected).toBe(0);
});
