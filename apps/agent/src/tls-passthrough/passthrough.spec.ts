import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { connect, createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataPlaneOptions } from '../data-plane.ts';
import { startPlane, viewOf } from '../specs/planes.ts';
import { authority, meshPath, startTcp, tcpClient } from '../tcp/tcp.spec-support.ts';
import { ALERT } from './tls-alert.ts';

/** A TLS service that answers with its own name and the server name it was asked for. */
async function startTls(name: string): Promise<number> {
  const { certificateChainPem: cert, keyPem: key } = authority.identity(name);
  const server = createServer({ cert, key }, (socket) => {
    socket.on('error', () => {});
    socket.end(`${name} asked as ${socket.servername}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function ask(port: number, servername: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', servername, rejectUnauthorized: false });
  return await text(socket);
}

const loopback = { host: '127.0.0.1', port: 0 };

async function start(views: Parameters<typeof viewOf>[], options: Partial<DataPlaneOptions> = {}) {
  const { plane, ports } = await startPlane({ tlsPassthrough: loopback, ...options });
  plane.apply(views.map((view) => viewOf(...view)));
  return { plane, ports, port: ports.tlsPassthrough ?? 0 };
}

const asTls = { protocol: 'tls' } as const;

describe('TLS is passed through', () => {
  it('to the service its server name says, unread and unchanged', async () => {
    const { port, plane } = await start([
      ['orders', [{ port: await startTls('orders') }], asTls],
      ['payment', [{ port: await startTls('payment') }], { protocol: 'tcp' }],
    ]);
    expect(await ask(port, 'orders.mesh')).toBe('orders asked as orders.mesh');
    expect(await ask(port, 'PAYMENT.mesh')).toBe('payment asked as PAYMENT.mesh');
    expect(await ask(port, 'orders')).toBe('orders asked as orders');
    await expect
      .poll(() => plane.telemetry().map(({ destination, ok }) => [destination, ok]))
      .toEqual([
        ['orders', 2],
        ['payment', 1],
      ]);
  });

  it('to a service outside of the mesh, by the name of its host', async () => {
    const github = await startTls('github');
    // The name resolves to loopback on every machine (RFC 6761 section 6.3).
    const { port } = await start([['github', [{ host: 'localhost', port: github }], asTls]]);
    expect(await ask(port, 'localhost')).toBe('github asked as localhost');
  });

  it('through two agents', async () => {
    const { port } = await meshPath(await startTls('db'), asTls);
    expect(await ask(port, 'db.mesh')).toBe('db asked as db.mesh');
  });

  it('to a service whose view has yet to come', async () => {
    const asked = Promise.withResolvers<string>();
    const { port, plane } = await start([], { onUnknownService: asked.resolve });
    const answer = ask(port, 'late.mesh');
    expect(await asked.promise).toBe('late');
    plane.apply([viewOf('late', [{ port: await startTls('late') }], asTls)]);
    expect(await answer).toBe('late asked as late.mesh');
  });

  it('with the bytes behind the ClientHello', async () => {
    const service = await startTcp((socket) => void socket.pipe(socket));
    const { port } = await start([['orders', [{ port: service }], asTls]]);
    const received = Promise.withResolvers<Buffer>();
    const tap = await startTcp((socket) => socket.once('data', received.resolve));
    connect({ port: tap, host: '127.0.0.1', servername: 'orders.mesh' }).on('error', () => {});
    const sent = Buffer.concat([await received.promise, Buffer.from('early data')]);
    const client = tcpClient(port);
    client.end(sent);
    expect(await buffer(client)).toEqual(sent);
  });
});

describe('TLS is refused with an alert', () => {
  it.each([
    ['an unknown name', 'nobody.mesh'],
    ['a name that is no service', 'www.example.com'],
    ['the name of a service that speaks HTTP', 'web.mesh'],
    ['no name', ''],
  ])('for %s', async (_what, servername) => {
    const { port, plane } = await start([['web', [{ port: 1 }]]]);
    await expect(ask(port, servername)).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME' });
    expect(plane.telemetry()).toMatchObject([{ destination: '', meshErrorCodes: { unknown_host: 1 } }]);
  });

  it('on the port of one service for the name of another', async () => {
    const { ports } = await start(
      [
        ['orders', [{ port: await startTls('orders') }], asTls],
        ['payment', [{ port: await startTls('payment') }], asTls],
      ],
      { upstreams: [{ service: 'orders', port: 0 }] },
    );
    const port = ports.upstreams.orders ?? 0;
    expect(await ask(port, 'orders.mesh')).toBe('orders asked as orders.mesh');
    await expect(ask(port, 'payment.mesh')).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
    });
  });

  it('when it is none', async () => {
    const { port, plane } = await start([]);
    const client = connectTcp(port, '127.0.0.1');
    client.write('GET / HTTP/1.1\r\n\r\n');
    expect(await buffer(client)).toEqual(Buffer.of(21, 3, 3, 0, 2, 2, ALERT.unexpectedMessage));
    expect(plane.telemetry()).toMatchObject([{ meshErrorCodes: { bad_request: 1 } }]);
    await expect.poll(() => plane.stats().accepted).toBe(0);
  });

  it('and without one when it does not come to its end', async () => {
    const { port, plane } = await start([], { limits: { headTimeoutMs: 1 } });
    const client = connectTcp(port, '127.0.0.1');
    client.write(Buffer.of(22, 3, 1, 0));
    expect((await buffer(client)).length).toBe(0);
    expect(plane.telemetry()).toMatchObject([{ meshErrorCodes: { head_timeout: 1 } }]);
  });
});
