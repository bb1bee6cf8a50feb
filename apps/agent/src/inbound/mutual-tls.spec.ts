import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startOutbound, startPair, startPlane, viewOf } from '../specs/planes.ts';
import { RawClient } from '../specs/raw-peer.ts';
import { reservedPort } from '../specs/reserved-port.ts';
import { call, rawClient, startService } from '../specs/services.ts';

const authority = new TestAuthority();
const echo = () =>
  startService((request, response) => {
    response.setHeader('x-seen', JSON.stringify(request.headers));
    request.pipe(response);
  });

type Identity = ReturnType<TestAuthority['identity']>;

/** Calls the mesh port directly, with any certificate or none; resolves with what came until the end. */
async function knock(
  port: number,
  identity: Partial<Identity>,
  { request = 'GET / HTTP/1.1\r\nHost: web', ...more }: { maxVersion?: 'TLSv1.2'; request?: string } = {},
): Promise<string> {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    ca: authority.rootPem,
    rejectUnauthorized: false,
    ...(identity.certificateChainPem === undefined
      ? {}
      : { cert: identity.certificateChainPem, key: identity.keyPem }),
    ...more,
  });
  onTestFinished(() => {
    socket.destroy();
  });
  const client = new RawClient(socket);
  socket.on('secureConnect', () => socket.write(`${request}\r\nConnection: close\r\n\r\n`));
  return await client.toEnd();
}

it.each([
  ['the host of an absolute target', 'GET http://meant.mesh/ HTTP/1.1\r\nHost: other', 'meant.mesh'],
  ['Host', 'GET / HTTP/1.1\r\nHost: orders', 'orders'],
  ['its own name, where HTTP/1.0 has none', 'GET / HTTP/1.0', 'web.mesh'],
])('the service is told one host: %s', async (_what, request, host) => {
  const { inboundPort } = await startPair(authority, await echo());
  const answer = await knock(inboundPort, authority.identity('caller'), { request });
  expect(JSON.parse(/^x-seen: (.*)$/m.exec(answer)?.[1] ?? '{}')).toMatchObject({ host });
});

it('a caller cannot have the fields of the mesh taken from his request', async () => {
  const { inboundPort } = await startPair(authority, await echo());
  const request =
    'GET / HTTP/1.1\r\nHost: web\r\nConnection: x-tulle-source, traceparent, x-own\r\nX-Own: 1\r\nX-Tulle-Source: lie';
  const answer = await knock(inboundPort, authority.identity('caller'), { request });
  const seen = JSON.parse(/^x-seen: (.*)$/m.exec(answer)?.[1] ?? '{}');
  expect(seen).toMatchObject({
    'x-tulle-source': 'spiffe://mesh.test/service/caller',
    traceparent: expect.stringMatching(/^00-/),
  });
  expect(seen).not.toHaveProperty('x-own');
});

describe('through two agents', () => {
  it('a request arrives with the proved identity of its caller and no other', async () => {
    const { port, web } = await startPair(authority, await echo());
    const headers = {
      'x-tulle-source': 'spiffe://mesh.test/service/lie',
      'x-forwarded-client-cert': 'lie',
      'x-kept': '1',
    };
    const { status, headers: answer } = await call(port, { headers });
    expect(status).toBe(200);
    const seen = JSON.parse(String(answer['x-seen']));
    expect(seen).toMatchObject({
      'x-tulle-source': 'spiffe://mesh.test/service/caller',
      'x-kept': '1',
      host: 'web',
    });
    expect(seen).not.toHaveProperty('x-forwarded-client-cert');
    expect(web.telemetry()).toMatchObject([
      { side: 'inbound', source: 'caller', destination: 'web', version: 'v1', tls: true, ok: 1 },
    ]);
  });

  it('both sides count the same', async () => {
    const { port, web, caller } = await startPair(
      authority,
      await startService((request, response) => {
        response.statusCode = Number(request.url?.slice(1));
        response.end();
      }),
    );
    for (const status of [200, 204, 301, 404, 500, 503]) await call(port, { path: `/${status}` });
    const expected = { requests: 6, ok: 3, clientErrors: 1, serverErrors: 2, meshErrors: 0, tls: true };
    expect(web.telemetry()).toMatchObject([{ side: 'inbound', ...expected }]);
    expect(caller.telemetry()).toMatchObject([
      { side: 'outbound', source: 'caller', destination: 'web', version: 'v1', ...expected },
    ]);
  });

  it('what the far agent answers for the mesh counts as the mesh’s on both sides', async () => {
    const { port, web, caller } = await startPair(authority, 1);
    expect(await call(port)).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'connect_failed' } });
    for (const plane of [web, caller]) {
      expect(plane.telemetry()).toContainEqual(
        expect.objectContaining({ meshErrorCodes: { connect_failed: 1 }, tls: true }),
      );
    }
    expect(web.stats().localHealthy).toBe(false);
  });

  it('a WebSocket is a tunnel, closed for both when one closes', async () => {
    const service = await startService(() => {});
    const { port } = await startPair(authority, await startUpgradingService());
    expect(service).toBeGreaterThan(0);
    const client = await rawClient(port);
    client.send('GET /chat HTTP/1.1\r\nHost: web\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly');
    await client.until(/101 Switching Protocols[\s\S]*upgrade: websocket[\s\S]*<early>/);
    client.send('\x81\xff frame');
    await client.until(/<\x81\xff frame>/);
    client.send('bye');
    expect(await client.toEnd()).toContain('<bye>');
  });
});

/** Switches protocols, then sends back what it gets in angle brackets, and ends after `bye`. */
async function startUpgradingService(): Promise<number> {
  const { createServer } = await import('node:http');
  const server = createServer();
  server.on('upgrade', (_request, socket, head) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const answer = (bytes: Buffer) => {
      const text = bytes.toString('latin1');
      socket.write(`<${text}>`, 'latin1');
      if (text === 'bye') socket.end();
    };
    if (head.length > 0) answer(head);
    socket.on('data', answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe('the mesh port refuses', () => {
  const other = new TestAuthority('mesh.test', 'Another root');
  const foreign = new TestAuthority('else.test');
  const callers: [string, () => Partial<Identity>][] = [
    ['no certificate', () => ({})],
    ['a certificate of another authority', () => other.identity('caller')],
    ['an expired certificate', () => authority.identity('caller', { lifetimeMs: -1_000 })],
    ['a service of another trust domain', () => foreign.identity('caller')],
    [
      'a SPIFFE ID of another trust domain under our root',
      () => authority.identity('caller', { uri: 'spiffe://else.test/service/caller' }),
    ],
    [
      'a certificate that names no service',
      () => authority.identity('caller', { uri: 'spiffe://mesh.test/control-plane' }),
    ],
    [
      'a name that is no SPIFFE ID',
      () => authority.identity('caller', { uri: 'https://mesh.test/service/caller' }),
    ],
  ];

  it.each(callers)('%s', async (_what, identity) => {
    const { inboundPort, web } = await startPair(authority, await echo());
    expect(await knock(inboundPort, identity())).toBe('');
    expect(web.telemetry()).toEqual([]);
  });

  it('plain text', async () => {
    const { inboundPort } = await startPair(authority, await echo());
    const client = new RawClient(connectPlain(inboundPort, '127.0.0.1'));
    client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
    expect(await client.toEnd()).not.toContain('HTTP');
  });

  it('TLS 1.2', async () => {
    const { inboundPort } = await startPair(authority, await echo());
    expect(await knock(inboundPort, authority.identity('caller'), { maxVersion: 'TLSv1.2' })).toBe('');
  });

  it('everyone while it has no identity', async () => {
    const { ports } = await startPlane({
      local: { host: '127.0.0.1', port: 1 },
      inbound: { host: '127.0.0.1', port: 0, tls: true },
    });
    expect(await knock(ports.inbound ?? 0, authority.identity('caller'))).toBe('');
  });

  it('a revoked certificate, and ends the connections it has', async () => {
    const identity = authority.identity('caller');
    const { port, web, caller, inboundPort } = await startPair(authority, await echo(), {
      callerIdentity: identity,
    });
    expect((await call(port)).status).toBe(200);
    expect(web.stats().accepted).toBe(1);
    web.setRevoked([identity.serial.toUpperCase()]);
    expect(await knock(inboundPort, identity)).toBe('');
    expect((await call(port)).status).toBeGreaterThanOrEqual(502);
    expect(web.stats().accepted).toBe(0);
    web.setRevoked([]);
    expect((await call(port)).status).toBe(200);
    expect(caller.stats().activeRequests).toBe(0);
  });

  it('callers its access rule does not name, from the next request on', async () => {
    const { port, web } = await startPair(authority, await echo());
    expect((await call(port)).status).toBe(200);
    web.apply([viewOf('web', [], { allow: ['someone-else'] })]);
    expect(await call(port)).toMatchObject({ status: 403, headers: { 'x-tulle-error': 'access_denied' } });
    web.apply([viewOf('web', [], { allow: ['caller'] })]);
    expect((await call(port)).status).toBe(200);
  });
});

describe('a caller’s agent refuses', () => {
  const impostors: [string, () => Identity][] = [
    ['another service', () => authority.identity('orders')],
    [
      'a peer of another authority',
      () => new TestAuthority('mesh.test', 'Another root').identity('web', { trust: authority.rootPem }),
    ],
    ['an expired peer', () => authority.identity('web', { lifetimeMs: 1_500 })],
  ];

  it.each(impostors)('%s in the place of web', async (what, identity) => {
    const inbound = { host: '127.0.0.1', port: 0, tls: true };
    const web = await startPlane({
      self: { service: 'web', version: 'v1', instance: 'w' },
      local: { host: '127.0.0.1', port: await echo() },
      inbound,
    });
    web.plane.setIdentity(identity());
    if (what === 'an expired peer') await expired(1_500);
    const { port, plane } = await startOutbound([]);
    plane.setIdentity(authority.identity('caller'));
    plane.apply([viewOf('web', [{ port: web.ports.inbound ?? 0, tls: true }])]);
    expect(await call(port)).toMatchObject({
      status: 502,
      headers: { 'x-tulle-error': 'identity_rejected' },
    });
  });

  it('a revoked peer, and ends the connections it has', async () => {
    const { port, caller } = await startPair(authority, await echo());
    expect((await call(port)).status).toBe(200);
    const [endpoint] = caller.stats().endpoints;
    expect(endpoint?.connections).toBe(1);
    caller.withdrawIdentity();
    expect(await call(port)).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'no_identity' } });
    caller.setIdentity(authority.identity('caller'));
    expect((await call(port)).status).toBe(200);
  });
});

/** Real time has to pass here: OpenSSL looks at the real clock. */
function expired(lifetimeMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, lifetimeMs + 100);
  return promise;
}

describe('an identity is replaced under load', () => {
  it('without a failed request', async () => {
    const { port, caller, web } = await startPair(authority, await echo());
    let failed = 0;
    let answered = 0;
    let stop = false;
    const worker = async () => {
      while (!stop) {
        const { status } = await call(port, { method: 'POST', body: 'x' });
        answered++;
        if (status !== 200) failed++;
      }
    };
    const workers = Array.from({ length: 8 }, worker);
    for (let rotation = 1; rotation <= 20; rotation++) {
      web.setIdentity(authority.identity('web'));
      caller.setIdentity(authority.identity('caller'));
      while (answered < rotation * 20) await call(port);
    }
    stop = true;
    await Promise.all(workers);
    expect([failed, answered >= 400]).toEqual([0, true]);
    expect(caller.telemetry()).toMatchObject([{ meshErrors: 0 }]);
  });
});

describe('a service that is down behind its agent', () => {
  it('is left for another, and fails no request without a body', async () => {
    const inbound = { host: '127.0.0.1', port: 0, tls: true };
    const ports: number[] = [];
    for (const local of [1, await startService((_request, response) => response.end('up'))]) {
      const web = await startPlane({
        self: { service: 'web', version: 'v1', instance: `web-${local}` },
        local: { host: '127.0.0.1', port: local },
        inbound,
      });
      web.plane.setIdentity(authority.identity('web'));
      ports.push(web.ports.inbound ?? 0);
    }
    const { port, plane } = await startOutbound([]);
    plane.setIdentity(authority.identity('caller'));
    plane.apply([
      viewOf(
        'web',
        ports.map((inboundPort) => ({ port: inboundPort, tls: true })),
      ),
    ]);
    for (let turn = 0; turn < 20; turn++)
      expect(await call(port, { method: 'POST' })).toMatchObject({ status: 200, body: 'up' });
    expect(plane.telemetry()).toMatchObject([{ ok: 20, meshErrors: 0 }]);
    expect(plane.stats().endpoints.filter(({ available }) => !available).length).toBeLessThanOrEqual(1);
  });
});

it('a request waits for a service that is just starting beside its agent', async () => {
  const servicePort = await reservedPort();
  const { port, web } = await startPair(authority, servicePort);
  const answer = call(port, {});
  await expect.poll(() => web.stats().localHealthy).toBe(false);
  const late = createServer((_request, response) => response.end('up')).listen(servicePort, '127.0.0.1');
  expect(await answer).toMatchObject({ status: 200, body: 'up' });
  late.closeAllConnections();
  late.close();
});

it('a connection does not outlive the certificate of its caller', async () => {
  const { inboundPort, web } = await startPair(authority, await echo());
  const identity = authority.identity('caller', { lifetimeMs: 3_000 });
  const socket = connect({
    host: '127.0.0.1',
    port: inboundPort,
    ca: authority.rootPem,
    cert: identity.certificateChainPem,
    key: identity.keyPem,
    checkServerIdentity: () => undefined,
  });
  const client = new RawClient(socket);
  await once(socket, 'secureConnect');
  client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
  await client.until(/200 OK/);
  await client.toEnd();
  await expect.poll(() => web.stats().accepted).toBe(0);
});

it('a connection does not outlive the trust in the root that let it in', async () => {
  const second = new TestAuthority('mesh.test', 'Second root');
  const both = authority.rootPem + second.rootPem;
  const { inboundPort, web } = await startPair(authority, await echo());
  web.setIdentity(authority.identity('web', { trust: both }));
  const { certificateChainPem: cert, keyPem: key } = authority.identity('caller');
  const socket = connect({ host: '127.0.0.1', port: inboundPort, cert, key, rejectUnauthorized: false });
  const client = new RawClient(socket);
  const request = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n';
  await once(socket, 'secureConnect');
  client.send(request);
  await client.until(/200 OK/);
  web.setIdentity(second.identity('web', { trust: both }));
  client.send(request);
  await client.until(/200 OK[\s\S]*200 OK/);
  web.setIdentity(second.identity('web', { trust: second.rootPem }));
  await client.toEnd();
  expect(await knock(inboundPort, { certificateChainPem: cert, keyPem: key })).toBe('');
  expect(await knock(inboundPort, second.identity('caller'))).toContain('200 OK');
});
