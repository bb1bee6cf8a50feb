import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { startPlane, viewOf } from '../specs/planes.ts';
import { reservedPort } from '../specs/reserved-port.ts';
import {
  authority,
  meshPath,
  plainPath,
  startEcho,
  startTcp,
  type TcpPath,
  tcpClient,
} from './tcp.spec-support.ts';

type More = Parameters<typeof meshPath>[1];

const paths: [string, (service: number, more?: More) => Promise<TcpPath>][] = [
  ['plain', (service, more) => plainPath([{ port: service }], more)],
  ['mutual TLS', meshPath],
];

/** Of buffers that are in use, those of this process's services and clients among them. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().arrayBuffers;
}

const isEnded = ({ caller, callee }: TcpPath) =>
  expect.poll(() => [caller, callee].map((plane) => plane.stats().activeRequests)).toEqual([0, 0]);

describe.each(paths)('bytes pass over %s', (_name, startPath) => {
  it('2 MB in both directions, none of them changed', async () => {
    const path = await startPath(await startEcho());
    const sent = Buffer.alloc(2 * 1024 * 1024);
    for (let at = 0; at < sent.length; at += 4) sent.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
    const client = tcpClient(path.port);
    client.end(sent);
    expect((await buffer(client)).equals(sent)).toBe(true);
    await isEnded(path);
    const counted = { requests: 1, ok: 1, meshErrors: 0 };
    for (const plane of [path.caller, path.callee]) {
      const [series] = plane.telemetry().filter(({ destination }) => destination === 'db');
      expect(series).toMatchObject(counted);
      expect(series?.bytesSent).toBeGreaterThanOrEqual(sent.length);
      expect(series?.bytesReceived).toBeGreaterThanOrEqual(sent.length);
      expect(series?.bytesReceived).toBeLessThan(sent.length + 1_000);
    }
  });

  it('what the service says first, before a byte of the caller', async () => {
    const { port } = await startPath(await startTcp((socket) => void socket.end('220 ready\r\n')));
    const client = tcpClient(port);
    expect(await text(client)).toBe('220 ready\r\n');
  });

  it('an end of the caller, and the answer that follows it', async () => {
    const path = await startPath(
      await startTcp(async (socket) => void socket.end(`${(await text(socket)).length} read`)),
    );
    const client = tcpClient(path.port);
    client.end('x'.repeat(100_000));
    expect(await text(client)).toBe('100000 read');
    await isEnded(path);
  });

  it('an end of the service, and what the caller says after it', async () => {
    const read = Promise.withResolvers<string>();
    const path = await startPath(
      await startTcp((socket) => {
        socket.end('that is all');
        read.resolve(text(socket));
      }),
    );
    const client = tcpClient(path.port);
    expect(await text(client)).toBe('that is all');
    client.end('y'.repeat(1_000_000));
    expect((await read.promise).length).toBe(1_000_000);
    await isEnded(path);
    expect(path.caller.telemetry()).toMatchObject([{ ok: 1, meshErrors: 0 }]);
  });

  it('all that a caller says after the end of the service, also when the service is slow to read', async () => {
    const read: Promise<string>[] = [];
    const path = await startPath(
      await startTcp((socket) => {
        socket.end();
        // As one that has something else to do first: bytes pile up in every window on the way.
        socket.pause();
        read.push(once(socket, 'readable').then(() => text(socket)));
      }),
    );
    const sizes = Array.from({ length: 20 }, (_, index) => 60_000 + index * 17_000);
    for (const size of sizes) {
      const client = tcpClient(path.port);
      await once(client.resume(), 'end');
      client.end('z'.repeat(size));
    }
    await isEnded(path);
    expect((await Promise.all(read)).map((all) => all.length)).toEqual(sizes);
  });

  it('a reset by the service, as a reset', async () => {
    const path = await startPath(
      await startTcp((socket) => void socket.once('data', () => socket.resetAndDestroy())),
    );
    const client = tcpClient(path.port);
    client.write('hello');
    await expect(once(client, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await isEnded(path);
    expect(path.caller.telemetry()).toMatchObject([{ meshErrorCodes: { peer_reset: 1 } }]);
  });

  it('a reset by the caller, as a reset', async () => {
    const accepted = Promise.withResolvers<Socket>();
    const path = await startPath(await startTcp((socket) => accepted.resolve(socket)));
    const client = tcpClient(path.port);
    client.write('hello');
    const service = await accepted.promise;
    await once(service, 'data');
    client.resetAndDestroy();
    await expect(once(service, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await isEnded(path);
    expect(path.caller.telemetry()).toMatchObject([{ ok: 1, meshErrors: 0 }]);
  });

  it('at the pace of a reader that stands still: the agents hold a bounded part', async () => {
    const total = 64 * 1024 * 1024;
    let left = total;
    const path = await startPath(
      await startTcp((socket) => {
        const more = () => {
          while (left > 0) {
            left -= 65_536;
            if (!socket.write(Buffer.alloc(65_536, 7))) return;
          }
          socket.end();
        };
        socket.on('drain', more);
        more();
      }),
    );
    const client = tcpClient(path.port);
    await once(client, 'connect');
    client.pause();
    const passed = () => path.caller.telemetry()[0]?.bytesReceived ?? 0;
    await expect.poll(passed).toBeGreaterThan(0);
    // The buffers of the kernel fill up; then nothing moves.
    let before = -1;
    const moved = () => {
      const change = passed() - before;
      before += change;
      return change;
    };
    await expect.poll(moved, { interval: 200 }).toBe(0);
    expect(before).toBeLessThan(total / 2);
    await expect.poll(heldBytes).toBeLessThan(4 * 1024 * 1024);
    let read = 0;
    client.on('data', (bytes) => {
      read += bytes.length;
    });
    client.resume();
    await once(client, 'end');
    client.end();
    expect(read).toBe(total);
    await isEnded(path);
  });

  it('until nothing passed for the time of the policy', async () => {
    const path = await startPath(await startEcho(), { timeouts: { tcpIdleMs: 1_000, idleMs: 1 } });
    const client = tcpClient(path.port);
    client.write('a');
    await once(client, 'data');
    await expect(once(client, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await isEnded(path);
    const errors = [path.caller, path.callee].flatMap((plane) =>
      plane.telemetry().map(({ meshErrorCodes }) => meshErrorCodes),
    );
    expect(errors).toContainEqual({ idle_timeout: 1 });
  });

  it('until the agent has drained', async () => {
    const path = await startPath(await startEcho());
    const client = tcpClient(path.port);
    client.write('a');
    await once(client, 'data');
    const drained = path.caller.drain(2_000);
    client.write('b');
    expect(String((await once(client, 'data'))[0])).toBe('b');
    const gone = once(client, 'end').catch((error: Error) => error);
    await drained;
    expect(await gone).toMatchObject({ code: 'ECONNRESET' });
  });

  it('but not to a service that cannot be reached, which is told by a reset', async () => {
    const path = await startPath(await reservedPort());
    const client = tcpClient(path.port);
    await expect(once(client, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await isEnded(path);
    expect(path.caller.telemetry()).toMatchObject([{ meshErrorCodes: { connect_failed: 1 } }]);
  });
});

describe('a connection is given to', () => {
  it('another endpoint when one cannot be reached', async () => {
    const endpoints = [{ port: await reservedPort() }, { port: await startEcho() }];
    const { port, caller } = await plainPath(endpoints);
    for (let turn = 0; turn < 10; turn++) {
      const client = tcpClient(port);
      client.end('once');
      expect(await text(client)).toBe('once');
    }
    expect(caller.telemetry()).toMatchObject([{ ok: 10, meshErrors: 0 }]);
  });

  it('versions by their weights', async () => {
    const services = await Promise.all(
      ['v1', 'v2'].map((version) => startTcp((socket) => void socket.end(version))),
    );
    const endpoints = services.map((port, index) => ({ port, version: `v${index + 1}` }));
    const weights = [
      { version: 'v1', weight: 75 },
      { version: 'v2', weight: 25 },
    ];
    const { port } = await plainPath(endpoints, { weights });
    const answers: string[] = [];
    for (let turn = 0; turn < 40; turn++) {
      const client = tcpClient(port);
      answers.push(await text(client));
      client.end();
    }
    expect(Math.abs(answers.filter((version) => version === 'v1').length - 30)).toBeLessThanOrEqual(2);
  });

  it('nobody beyond the limit of connections', async () => {
    const policy = { connections: { max: 1, maxPending: 0 } };
    const { port, caller } = await plainPath([{ port: await startEcho() }], { policy });
    const first = tcpClient(port);
    first.write('a');
    await once(first, 'data');
    const second = tcpClient(port);
    await expect(once(second, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(caller.telemetry()).toMatchObject([{ meshErrorCodes: { overloaded: 1 } }]);
    first.end('b');
    expect(await text(first)).toBe('b');
  });

  it('nobody the access rule does not name', async () => {
    const path = await meshPath(await startEcho(), { allow: ['somebody-else'] });
    const client = tcpClient(path.port);
    await expect(once(client, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    await isEnded(path);
    for (const plane of [path.caller, path.callee])
      expect(plane.telemetry()).toMatchObject([{ meshErrorCodes: { access_denied: 1 } }]);
    path.callee.apply([viewOf('db', [], { protocol: 'tcp', allow: ['caller'] })]);
    const welcome = tcpClient(path.port);
    welcome.end('now');
    expect(await text(welcome)).toBe('now');
  });

  it('nobody whose certificate is revoked, and those there are end', async () => {
    const path = await meshPath(await startEcho());
    const client = tcpClient(path.port);
    client.write('a');
    await once(client, 'data');
    path.callee.setRevoked([authority.identity('caller').serial]);
    path.caller.withdrawIdentity();
    await expect(once(client, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
    const second = tcpClient(path.port);
    await expect(once(second, 'end')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('what the service speaks now, on the same port', async () => {
    const echo = await startEcho();
    const { port, caller } = await plainPath([{ port: echo }], { protocol: 'http' });
    const request = 'GET / HTTP/1.1\r\nhost: db\r\nx-a: 1\r\n\r\n';
    const asHttp = tcpClient(port);
    asHttp.write(request);
    expect(String((await once(asHttp, 'data'))[0])).toMatch(/^HTTP\/1\.1 502 /);
    caller.apply([viewOf('db', [{ port: echo }], { protocol: 'tcp' })]);
    const asBytes = tcpClient(port);
    asBytes.end(request);
    expect(await text(asBytes)).toBe(request);
  });

  it('a service whose view has yet to come, also when the caller has ended already', async () => {
    const asked = Promise.withResolvers<string>();
    const { plane, ports } = await startPlane({
      upstreams: [{ service: 'db', port: 0 }],
      onUnknownService: asked.resolve,
    });
    const client = tcpClient(ports.upstreams.db ?? 0);
    client.end();
    expect(await asked.promise).toBe('db');
    const service = await startTcp(async (socket) => void socket.end(`'${await text(socket)}' read`));
    plane.apply([viewOf('db', [{ port: service }], { protocol: 'tcp' })]);
    expect(await text(client)).toBe("'' read");
  });
});
