import { type HealthCheck, healthCheckSchema } from '@tulle/mesh/health-check';
import type { HopProtocol } from '@tulle/mesh/policy';
import type { Endpoint } from '@tulle/mesh/service-view';
import { expect, it, onTestFinished } from 'vitest';
import type * as z from 'zod/mini';
import type { Backend } from '../balance/backend.ts';
import { endpointOf, registryOf } from '../balance/spec-fleet.spec-support.ts';
import type { Turn } from '../forward/turn.ts';
import { Credentials } from '../mutual-tls/credentials.ts';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startHttp2Service } from '../specs/http2-services.ts';
import { startPlane, viewOf } from '../specs/planes.ts';
import { reservedPort } from '../specs/reserved-port.ts';
import { startRawService, startService } from '../specs/services.ts';
import type { HealthVerdict } from './health-probe.ts';
import { PoolProbe } from './pool-probe.ts';

type Declared = z.input<typeof healthCheckSchema>;
interface Probed {
  backend: Backend;
  turn: Turn;
}
interface Found {
  verdict: HealthVerdict;
  reason: string;
}

function probedAt(
  endpoint: Partial<Endpoint>,
  credentials = new Credentials(),
  hop: HopProtocol = 'http1',
): Probed {
  const { registry, turn } = registryOf({ credentials });
  onTestFinished(() => {
    for (const { backend } of registry.entries()) backend.pool.destroy();
  });
  const limits = { max: 8, maxPending: 8, connectMs: 1_000, maxConnectionAgeMs: 0 };
  return { backend: registry.obtain('web', endpointOf(0, endpoint), limits, hop), turn };
}

function probe({ backend, turn }: Probed, declared: Declared, timeoutMs = 5_000): Promise<Found> {
  const check: HealthCheck = healthCheckSchema.parse(declared);
  return new Promise((resolve) => {
    new PoolProbe(turn).check(backend, check, timeoutMs, (verdict, reason) => resolve({ verdict, reason }));
  });
}

it.each([
  [200, 'healthy'],
  [302, 'healthy'],
  [404, 'unhealthy'],
  [503, 'unhealthy'],
])('an HTTP check that is answered with %i finds %s', async (status, verdict) => {
  const seen: (string | undefined)[] = [];
  const port = await startService((request, response) => {
    seen.push(request.method, request.url, request.headers.host);
    response.statusCode = status;
    response.end('a body that is read in passing');
  });
  const probed = probedAt({ port });
  expect(await probe(probed, { path: '/healthz?full=1' })).toEqual({ verdict, reason: `status ${status}` });
  expect(seen).toEqual(['GET', '/healthz?full=1', `127.0.0.1:${port}`]);
});

it('checks use the connections of requests again, and leave nothing in flight', async () => {
  const ports = new Set<number | undefined>();
  const port = await startService((request, response) => {
    ports.add(request.socket.remotePort);
    response.end();
  });
  const probed = probedAt({ port });
  for (let time = 0; time < 3; time++) {
    await probe(probed, {});
    // The end of the answer comes in the same turn as its head, behind it.
    await new Promise(setImmediate);
  }
  expect(ports.size).toBe(1);
  expect(probed.backend.active).toBe(0);
});

it('nobody who listens, nobody who answers and a broken answer are unhealthy', async () => {
  const refused = await probe(probedAt({ port: await reservedPort() }), {});
  expect(refused).toMatchObject({ verdict: 'unhealthy', reason: expect.stringContaining('connect_failed') });
  const silent = await startRawService(() => {});
  const probed = probedAt({ port: silent.port });
  expect(await probe(probed, {}, 30)).toEqual({ verdict: 'unhealthy', reason: 'no answer within 30 ms' });
  expect(probed.backend.active).toBe(0);
});

it.each([
  [[0, 0, 0, 0, 2, 8, 1], '0', 'healthy', 'SERVING'],
  [[0, 0, 0, 0, 2, 8, 2], '0', 'unhealthy', 'NOT_SERVING'],
  [[], '12', 'unhealthy', 'grpc-status 12'],
  [[1, 2, 3], '0', 'unhealthy', 'not an answer of grpc.health.v1'],
])(
  'a gRPC check that is answered with %j and status %s finds %s',
  async (message, status, verdict, reason) => {
    const asked = Promise.withResolvers<object>();
    const { port } = await startHttp2Service((stream, headers) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        asked.resolve({
          path: headers[':path'],
          type: headers['content-type'],
          te: headers.te,
          body: Buffer.concat(chunks).toString('latin1'),
        });
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status }));
        stream.end(Buffer.from(message));
      });
    });
    const probed = probedAt({ port }, new Credentials(), 'http2');
    expect(await probe(probed, { type: 'grpc', grpcService: 'shop.Cart' })).toEqual({ verdict, reason });
    expect(await asked.promise).toEqual({
      path: '/grpc.health.v1.Health/Check',
      type: 'application/grpc',
      te: 'trailers',
      body: '\0\0\0\0\x0b\x0a\x09shop.Cart',
    });
    expect(probed.backend.active).toBe(0);
  },
);

it('a gRPC server that answers with trailers alone is read, too', async () => {
  const { port } = await startHttp2Service((stream) => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' },
      { endStream: true },
    );
  });
  const found = await probe(probedAt({ port }, new Credentials(), 'http2'), { type: 'grpc' });
  expect(found).toEqual({ verdict: 'unhealthy', reason: 'grpc-status 5' });
});

it('a TCP check connects and no more', async () => {
  const server = await startRawService(() => {});
  expect(await probe(probedAt({ port: server.port }), { type: 'tcp' })).toMatchObject({
    verdict: 'healthy',
  });
  const closed = probedAt({ port: await reservedPort() });
  expect(await probe(closed, { type: 'tcp' })).toMatchObject({ verdict: 'unhealthy' });
});

it('between agents the identity of the endpoint is part of what is checked', async () => {
  const authority = new TestAuthority();
  const service = await startService((_request, response) => response.end());
  const web = await startPlane({
    self: { service: 'web', version: 'v1', instance: 'web-1' },
    local: { host: '127.0.0.1', port: service },
    inbound: { host: '127.0.0.1', port: 0, tls: true },
  });
  const endpoint = { port: web.ports.inbound ?? 0, tls: true };
  web.plane.apply([viewOf('web', [])]);
  const credentials = new Credentials();
  expect(await probe(probedAt(endpoint, credentials), {})).toEqual({
    verdict: 'unknown',
    reason: 'no_identity',
  });
  credentials.set(authority.identity('caller'));
  web.plane.setIdentity(authority.identity('web'));
  for (const type of ['http', 'tcp'] as const) {
    const probed = probedAt(endpoint, credentials, 'http2');
    expect(await probe(probed, { type })).toMatchObject({ verdict: 'healthy' });
    // Nothing stays on the connection, which is there for requests.
    if (type === 'tcp') expect(probed.backend.pool.idleCount).toBe(1);
  }
  web.plane.setIdentity(authority.identity('other'));
  for (const type of ['http', 'tcp'] as const) {
    const found = await probe(probedAt(endpoint, credentials), { type });
    expect(found).toMatchObject({
      verdict: 'unhealthy',
      reason: expect.stringContaining('identity_rejected'),
    });
  }
});
