import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataPlaneOptions } from '../data-plane.ts';
import { startPlane, viewOf } from '../specs/planes.ts';
import { reservedPort } from '../specs/reserved-port.ts';
import { startService } from '../specs/services.ts';
import { startEcho, startTcp, tcpClient } from '../tcp/tcp.spec-support.ts';
import { bindHint } from './bind-hint.ts';
import { type AssignedAddresses, LoopbackAddresses } from './loopback-addresses.ts';
import { LoopbackListeners } from './loopback-listeners.ts';

async function start(options: Partial<DataPlaneOptions> = {}) {
  const stored: AssignedAddresses[] = [];
  const { plane, ports } = await startPlane({
    names: {
      dns: { host: '127.0.0.1', port: 0 },
      addresses: new LoopbackAddresses(),
      onAssigned: (assigned) => stored.push(assigned),
    },
    ...options,
  });
  const resolver = new Resolver({ timeout: 60_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${ports.dns}`]);
  const listens = (service: string) =>
    expect
      .poll(() => plane.stats().names?.listeners.find((one) => one.service === service))
      .toMatchObject({ listening: true, reason: '' });
  return { plane, resolver, stored, listens };
}

/** As a program does that knows the name and nothing of a mesh. */
async function get(resolver: Resolver, host: string, port: number): Promise<string> {
  const [address] = await resolver.resolve4(host);
  const outgoing = request({
    host: address,
    port,
    path: '/x',
    headers: { host: `${host}:${port}` },
    agent: false,
  });
  outgoing.end();
  const [response] = await once(outgoing, 'response');
  return await text(response);
}

// Other systems have one address on their loopback.
describe.runIf(process.platform === 'linux')('a program calls by name', () => {
  it('services of HTTP and of bytes, each at its port', async () => {
    const { plane, resolver, stored, listens } = await start();
    const [httpPort, tcpPort] = [await reservedPort(), await reservedPort()];
    const orders = await startService((asked, response) =>
      response.end(`${asked.headers.host} ${asked.url}`),
    );
    const db = await startTcp((socket) => void socket.end('ready'));
    plane.apply([
      viewOf('orders', [{ port: orders }], { port: httpPort }),
      viewOf('db', [{ port: db }], { port: tcpPort, protocol: 'tcp' }),
    ]);
    await listens('orders');
    await listens('db');
    expect(await get(resolver, 'orders.mesh', httpPort)).toBe('orders.mesh /x');
    const [address] = await resolver.resolve4('db.mesh');
    expect(await text(tcpClient(tcpPort, address))).toBe('ready');
    expect(stored).toEqual([{ db: address, orders: '127.71.5.162' }]);
    await expect
      .poll(() => plane.telemetry().map(({ destination, ok }) => [destination, ok]))
      .toContainEqual(['orders', 1]);
  });

  it('those that come, not those that have gone, and the others stay as they are', async () => {
    const { plane, resolver, listens } = await start();
    const [first, second] = [await reservedPort(), await reservedPort()];
    const echo = await startEcho();
    const db = viewOf('db', [{ port: echo }], { port: first, protocol: 'tcp' });
    const queue = (port: number) => viewOf('queue', [{ port: echo }], { port, protocol: 'tcp' });
    plane.apply([db, queue(first)]);
    await listens('db');
    await listens('queue');
    const [dbAddress, queueAddress] = [
      await resolver.resolve4('db.mesh'),
      await resolver.resolve4('queue.mesh'),
    ];
    const kept = tcpClient(first, dbAddress[0]);
    await once(kept, 'connect');
    const going = tcpClient(first, queueAddress[0]);
    going.write('a');
    await once(going, 'data');

    plane.apply([db]);
    await expect(resolver.resolve4('queue.mesh')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(once(tcpClient(first, queueAddress[0]), 'connect')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    // What was open goes on, as everywhere.
    kept.end('kept');
    expect(await text(kept)).toBe('kept');
    going.end('b');
    expect(await text(going)).toBe('b');

    plane.apply([db, queue(second)]);
    await listens('queue');
    expect(await resolver.resolve4('queue.mesh')).toEqual(queueAddress);
    const again = tcpClient(second, queueAddress[0]);
    again.end('again');
    expect(await text(again)).toBe('again');
  });

  it('a service nobody has asked for yet, and learns when there is none', async () => {
    const asked: string[] = [];
    const port = await reservedPort();
    const service = await startService((_asked, response) => response.end('late'));
    const { plane, resolver } = await start({
      limits: { unknownServiceTimeoutMs: 100 },
      onUnknownService: (name) => {
        asked.push(name);
        if (name === 'late') setImmediate(() => plane.apply([viewOf('late', [{ port: service }], { port })]));
      },
    });
    expect(await get(resolver, 'late.mesh', port)).toBe('late');
    await expect(resolver.resolve4('never.mesh')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(asked).toEqual(['late', 'never']);
  });
});

describe.runIf(process.platform === 'linux')('a place that cannot be bound', () => {
  const place = { service: 'orders', address: '127.71.5.162' };

  async function occupy(): Promise<{ port: number; free: () => Promise<unknown> }> {
    const server = createServer();
    server.listen(0, place.address);
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const free = () => once(server.close(), 'close');
    onTestFinished(() => void server.close());
    return { port: address.port, free };
  }

  it('is reported once with what to do, tried again, and hinders nobody else', async () => {
    const { port, free } = await occupy();
    const lines: string[] = [];
    const log = (fields: object, message: string) => lines.push(`${JSON.stringify(fields)} ${message}`);
    const logger = { debug: log, info: log, warn: log, error: log };
    const listeners = new LoopbackListeners(() => createServer((socket) => socket.end()), logger);
    onTestFinished(() => listeners.drain());
    listeners.apply([
      { ...place, port },
      { service: 'payment', address: '127.78.85.3', port },
    ]);
    await listeners.settled();
    expect(listeners.status()).toMatchObject([
      { ...place, port, listening: false, reason: expect.stringContaining('another program listens there') },
      { service: 'payment', listening: true, reason: '' },
    ]);
    listeners.sweep(10_000);
    await listeners.settled();
    expect(lines).toHaveLength(1);
    await free();
    // Not at every tick of the clock.
    listeners.sweep(10_050);
    await listeners.settled();
    expect(listeners.status()[0]).toMatchObject({ listening: false });
    listeners.sweep(15_000);
    await listeners.settled();
    expect(listeners.status()[0]).toMatchObject({ listening: true, reason: '' });
    expect(lines).toHaveLength(2);
  });

  it('is left when its service has gone before it was bound', async () => {
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    const listeners = new LoopbackListeners(() => createServer(), silent);
    const port = await reservedPort();
    listeners.apply([{ ...place, port }]);
    listeners.apply([]);
    await listeners.settled();
    expect(listeners.status()).toEqual([]);
    await expect(once(tcpClient(port, place.address), 'connect')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

describe('why an address cannot be bound is said with what to do about it', () => {
  const failure = (code: string) =>
    new Error('cannot listen', { cause: Object.assign(new Error(`listen ${code}`), { code }) });

  it.each([
    ['EACCES', 'linux', 'net.ipv4.ip_unprivileged_port_start=80'],
    ['EADDRINUSE', 'linux', 'another program listens there'],
    ['EADDRNOTAVAIL', 'darwin', 'sudo ifconfig lo0 alias 127.64.1.2'],
    ['EADDRNOTAVAIL', 'freebsd', 'only Linux has all of 127.0.0.0/8'],
    ['EMFILE', 'linux', 'listen EMFILE'],
  ] as const)('%s on %s', (code, platform, sentence) => {
    expect(bindHint(failure(code), '127.64.1.2', 80, platform)).toContain(sentence);
  });
});
