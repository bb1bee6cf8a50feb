import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DnsListener } from './dns-listener.ts';
import type { ZoneSource } from './zone-source.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const orders = Uint8Array.of(127, 64, 1, 2);

async function start(source: Partial<ZoneSource> = {}) {
  const listener = new DnsListener({
    addressOf: (service) => (service === 'orders' ? orders : undefined),
    awaitService: () => false,
    ...source,
  });
  const port = await listener.listen({ host: '127.0.0.1', port: 0 }, silent);
  onTestFinished(() => listener.close());
  const resolver = new Resolver({ timeout: 60_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  return { listener, port, resolver };
}

describe('a resolver learns', () => {
  it('the address of a service, however its name is written', async () => {
    const { resolver, listener } = await start();
    expect(await resolver.resolve4('orders.mesh', { ttl: true })).toEqual([
      { address: '127.64.1.2', ttl: 5 },
    ]);
    expect(await resolver.resolve4('OrDers.MESH.')).toEqual(['127.64.1.2']);
    expect(listener.counters).toEqual({ answered: 2, notFound: 0, refused: 0 });
  });

  it('all there is of a name', async () => {
    const { resolver } = await start();
    const answers = await resolver.resolveAny('orders.mesh');
    expect(answers).toEqual([{ type: 'A', address: '127.64.1.2', ttl: 5 }]);
  });

  it.each([
    ['resolve6', 'orders.mesh', 'ENODATA'],
    ['resolveMx', 'orders.mesh', 'ENODATA'],
    ['resolve4', 'mesh', 'ENODATA'],
    ['resolve4', 'payment.mesh', 'ENOTFOUND'],
    ['resolve4', 'v1.orders.mesh', 'ENOTFOUND'],
    ['resolve4', 'not_a_service.mesh', 'ENOTFOUND'],
    ['resolve4', 'example.com', 'EREFUSED'],
    ['resolve4', 'orders.mesh.example.com', 'EREFUSED'],
    ['resolve4', 'remesh', 'EREFUSED'],
  ] as const)('%s of %s: %s', async (method, name, code) => {
    const { resolver } = await start();
    await expect(resolver[method](name)).rejects.toMatchObject({ code });
  });
});

describe('a service nobody knows yet', () => {
  it('is asked for, and answered as soon as it is there', async () => {
    const known = new Map<string, Uint8Array>();
    const asked = Promise.withResolvers<() => void>();
    const { resolver } = await start({
      addressOf: (service) => known.get(service),
      awaitService: (_service, done) => {
        asked.resolve(done);
        return true;
      },
    });
    const answer = resolver.resolve4('late.mesh');
    const done = await asked.promise;
    known.set('late', orders);
    done();
    expect(await answer).toEqual(['127.64.1.2']);
  });

  it('is not found when it does not come', async () => {
    const { resolver, listener } = await start({
      awaitService: (_service, done) => {
        done();
        return true;
      },
    });
    await expect(resolver.resolve4('never.mesh')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(listener.counters.notFound).toBe(1);
  });
});

/** `orders.mesh A` with the number given, and its length before it. */
function framed(id: number): Buffer {
  const query = Buffer.from(
    `${id.toString(16).padStart(4, '0')}01000001000000000000066f7264657273046d6573680000010001`,
    'hex',
  );
  const length = Buffer.alloc(2);
  length.writeUInt16BE(query.length);
  return Buffer.concat([length, query]);
}

describe('over TCP', () => {
  it('every query of a connection is answered, also when they come one octet at a time', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    const queries = Buffer.concat(Array.from({ length: 5_000 }, (_, id) => framed(id)));
    for (const octet of queries.subarray(0, 100)) socket.write(Buffer.of(octet));
    socket.end(queries.subarray(100));
    const answers = await buffer(socket);
    const size = 2 + answers.readUInt16BE(0);
    expect(answers.length).toBe(5_000 * size);
    expect(answers.readUInt16BE(2 + 4_999 * size)).toBe(4_999);
    expect(answers.subarray(-4)).toEqual(Buffer.from(orders));
  });

  it('a message that is too long, or is no query, ends the connection', async () => {
    const { port } = await start();
    for (const bytes of [Buffer.of(0xff, 0xff), Buffer.of(0, 1, 0)]) {
      const socket = connect(port, '127.0.0.1');
      socket.write(bytes);
      expect((await buffer(socket)).length).toBe(0);
    }
  });
});

it('a port that is taken is named', async () => {
  const { port } = await start();
  const second = new DnsListener({ addressOf: () => undefined, awaitService: () => false });
  await expect(second.listen({ host: '127.0.0.1', port }, silent)).rejects.toThrow(
    `cannot listen on 127.0.0.1:${port}`,
  );
});
