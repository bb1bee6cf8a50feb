import { once } from 'node:events';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer, type Server } from 'node:tls';
import type { TlsOrigination } from '@tulle/mesh/service';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startSecureHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, startPlane, viewOf } from '../specs/planes.ts';
import { call } from '../specs/services.ts';
import { tcpClient } from '../tcp/tcp.spec-support.ts';

const authority = new TestAuthority('elsewhere.test');
/** Resolves to loopback on every machine (RFC 6761 section 6.3), as a name outside of the mesh does to somewhere. */
const host = 'localhost';

function pemOf(dns: string, issuer = authority) {
  const { certificateChainPem: cert, keyPem: key } = issuer.identity('', { dns });
  return { cert, key };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers with the version of HTTP, the host it was asked for and the SNI. */
function startHttps(pem = pemOf(host)): Promise<number> {
  const server = createHttps(pem, (request, response) => {
    const { servername } = request.socket as unknown as { servername: string };
    response.end(`HTTP/${request.httpVersion} ${request.headers.host} ${servername}`);
  });
  onTestFinished(() => server.closeAllConnections());
  return listen(server);
}

function startHttp2(): Promise<number> {
  return startSecureHttp2Service(pemOf(host), ({ httpVersion, authority, scheme, headers }, response) => {
    response.end(`HTTP/${httpVersion} ${authority ?? headers.host} ${scheme}`);
  });
}

const trusting: TlsOrigination = { serverName: '', caPem: authority.rootPem };

async function callExternal(
  port: number,
  tlsOrigination: TlsOrigination,
  more: Parameters<typeof viewOf>[2] = {},
) {
  const view = viewOf('bank', [{ host, port }], { tlsOrigination, ...more });
  const { port: proxy } = await startOutbound([view]);
  return await call(proxy, { host: 'bank.mesh', path: '/' });
}

describe('a service outside of the mesh is called by TLS', () => {
  it('and by its own name, whatever the caller calls it', async () => {
    const port = await startHttps();
    expect(await callExternal(port, trusting)).toMatchObject({
      status: 200,
      body: 'HTTP/1.1 localhost localhost',
    });
  });

  it('by the name that was declared', async () => {
    const port = await startHttps(pemOf('bank.example'));
    expect(await callExternal(port, { ...trusting, serverName: 'bank.example' })).toMatchObject({
      body: 'HTTP/1.1 bank.example bank.example',
    });
  });

  it.each([
    ['http2', 'HTTP/2.0 localhost https'],
    ['http', 'HTTP/1.1 localhost undefined'],
  ] as const)('in what it is declared to speak: %s', async (protocol, body) => {
    expect(await callExternal(await startHttp2(), trusting, { protocol })).toMatchObject({
      status: 200,
      body,
    });
  });

  it('in HTTP/1.1 when it turns out to speak nothing else', async () => {
    expect(await callExternal(await startHttps(), trusting, { protocol: 'http2' })).toMatchObject({
      body: 'HTTP/1.1 localhost localhost',
    });
  });

  it('as bytes, each direction to its own end', async () => {
    const server = createServer({ ...pemOf(host), allowHalfOpen: true }, async (socket) => {
      socket.end(`${(await text(socket)).length} read`);
    });
    const port = await listen(server);
    const { plane, ports } = await startPlane({ upstreams: [{ service: 'db', port: 0 }] });
    plane.apply([viewOf('db', [{ host, port }], { protocol: 'tcp', tlsOrigination: trusting })]);
    const client = tcpClient(ports.upstreams.db ?? 0);
    client.end('x'.repeat(200_000));
    expect(await text(client)).toBe('200000 read');
  });
});

describe('a server outside of the mesh is not believed', () => {
  const refused = { status: 502, headers: { 'x-tulle-error': 'identity_rejected' } };

  it('when its certificate is for another name', async () => {
    expect(await callExternal(await startHttps(pemOf('elsewhere.example')), trusting)).toMatchObject(refused);
  });

  it('when another authority signed its certificate', async () => {
    const port = await startHttps(pemOf(host, new TestAuthority('elsewhere.test', 'Another root')));
    expect(await callExternal(port, trusting)).toMatchObject(refused);
  });

  it('when no public authority vouches for it and none was given', async () => {
    expect(await callExternal(await startHttps(), { serverName: '', caPem: '' })).toMatchObject(refused);
  });

  it('after the authorities to trust were changed', async () => {
    const port = await startHttps();
    const view = (caPem: string) =>
      viewOf('bank', [{ host, port }], { tlsOrigination: { serverName: '', caPem } });
    const { port: proxy, plane } = await startOutbound([view(authority.rootPem)]);
    expect((await call(proxy, { host: 'bank' })).status).toBe(200);
    plane.apply([view(new TestAuthority('elsewhere.test', 'Another root').rootPem)]);
    expect(await call(proxy, { host: 'bank' })).toMatchObject(refused);
  });
});
