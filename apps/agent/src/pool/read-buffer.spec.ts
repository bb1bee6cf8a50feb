import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { connectTcp, connectTls, shareReads } from './read-buffer.ts';

const BYTES = 3_000_000;

/** A server that says to each caller its own byte, again and again, and then ends. */
async function startServer(kind: 'tcp' | 'tls'): Promise<number> {
  let callers = 0;
  const say = (socket: Socket) => {
    socket.on('error', () => {});
    socket.end(Buffer.alloc(BYTES, 65 + callers++));
  };
  const { keyPem: key, certificateChainPem: cert } = new TestAuthority().identity('web');
  const server = kind === 'tcp' ? net.createServer(say) : tls.createServer({ key, cert }, say);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as net.AddressInfo).port;
}

describe.each(['tcp', 'tls'] as const)('sockets that read into the same memory, %s', (kind) => {
  it('each tell of their own bytes, all of them, and of the end', async () => {
    const port = await startServer(kind);
    const at = { host: '127.0.0.1', port };
    const memory = new Set<ArrayBufferLike>();
    const counts = await Promise.all(
      [0, 1, 2, 3].map(async () => {
        const socket = kind === 'tcp' ? connectTcp(at) : connectTls({ ...at, rejectUnauthorized: false });
        onTestFinished(() => void socket.destroy());
        const seen = new Map<number, number>();
        socket.on('data', (bytes: Buffer) => {
          memory.add(bytes.buffer);
          const first = bytes[0] as number;
          expect(bytes.equals(Buffer.alloc(bytes.length, first))).toBe(true);
          seen.set(first, (seen.get(first) ?? 0) + bytes.length);
        });
        await once(socket, 'end');
        return [...seen];
      }),
    );
    expect(counts.map((seen) => seen.map(([, bytes]) => bytes))).toEqual([
      [BYTES],
      [BYTES],
      [BYTES],
      [BYTES],
    ]);
    expect(new Set(counts.map(([seen]) => seen?.[0])).size).toBe(4);
    expect(memory.size).toBe(1);
  });

  it('stop when they are paused', async () => {
    const port = await startServer(kind);
    const at = { host: '127.0.0.1', port };
    const socket = kind === 'tcp' ? connectTcp(at) : connectTls({ ...at, rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    let read = 0;
    socket.on('data', (bytes: Buffer) => {
      read += bytes.length;
      socket.pause();
    });
    while (read < BYTES) {
      const before = read;
      const more = once(socket, 'data');
      socket.resume();
      await more;
      // What one read brought, and with TLS the records in it.
      expect(read - before).toBeLessThanOrEqual(128 * 1024);
    }
    expect(read).toBe(BYTES);
  });

  it('may be accepted as well as connect', async () => {
    const { keyPem: key, certificateChainPem: cert } = new TestAuthority().identity('web');
    const memory = new Set<ArrayBufferLike>();
    const { promise, resolve } = Promise.withResolvers<number>();
    const take = (socket: Socket) => {
      let read = 0;
      shareReads(socket);
      socket.on('data', (bytes: Buffer) => {
        memory.add(bytes.buffer);
        expect(bytes.equals(Buffer.alloc(bytes.length, 65))).toBe(true);
        read += bytes.length;
        socket.pause();
        setImmediate(() => socket.resume());
      });
      socket.on('end', () => resolve(read));
    };
    const server = kind === 'tcp' ? net.createServer(take) : tls.createServer({ key, cert }, take);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = { host: '127.0.0.1', port: (server.address() as net.AddressInfo).port };
    const caller = kind === 'tcp' ? net.connect(at) : tls.connect({ ...at, rejectUnauthorized: false });
    onTestFinished(() => {
      caller.destroy();
      server.close();
    });
    caller.end(Buffer.alloc(BYTES, 65));
    expect(await promise).toBe(BYTES);
    expect(memory.size).toBe(1);
  });
});
