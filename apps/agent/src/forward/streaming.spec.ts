import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';
import { call, rawClient, startRawService, startService } from '../specs/services.ts';
import { settled, turns } from '../specs/turns.ts';

const PIECE = randomBytes(64 * 1024);
const PIECES = 1_024;
const whole = createHash('sha256');
for (let piece = 0; piece < PIECES; piece++) whole.update(PIECE);
const digest = whole.digest('hex');

/** 64 MiB, piece by piece; tells how much was taken. */
function upload(onPiece: () => void = () => {}): Readable {
  let left = PIECES;
  return new Readable({
    read() {
      onPiece();
      this.push(left-- > 0 ? PIECE : null);
    },
  });
}

const digesting = () =>
  startService((request, response) => {
    const hash = createHash('sha256');
    request.on('data', (piece) => hash.update(piece));
    request.on('end', () => response.end(hash.digest('hex')));
  });

describe('large bodies', () => {
  it.each([
    ['with a length', { 'content-length': String(PIECE.length * PIECES) }],
    ['in chunks', {}],
  ])('64 MiB arrive unchanged through two agents, %s', async (_what, headers) => {
    const { port } = await startPair(new TestAuthority(), await digesting());
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method: 'POST',
      headers: { host: 'web', ...headers },
    });
    upload().pipe(request);
    const [response] = await once(request, 'response');
    expect(await text(response)).toBe(digest);
  });

  it('a download arrives unchanged', async () => {
    const service = await startService((_request, response) => {
      upload().pipe(response);
    });
    const { port } = await startPair(new TestAuthority(), service);
    const request = httpRequest({ host: '127.0.0.1', port, headers: { host: 'web' } }).end();
    const [response] = await once(request, 'response');
    const hash = createHash('sha256');
    for await (const piece of response) hash.update(piece);
    expect(hash.digest('hex')).toBe(digest);
  });

  it('an upload to a service that does not read stops at the sender, and memory stays bounded', async () => {
    const connected = Promise.withResolvers<void>();
    const service = await startService((request) => {
      request.pause();
      connected.resolve();
    });
    const timeouts = { requestMs: 0, idleMs: 1_000 };
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service }], { timeouts })]);
    let taken = 0;
    const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers: { host: 'web' } });
    const before = process.memoryUsage().arrayBuffers;
    upload(() => {
      taken++;
    }).pipe(request);
    request.on('error', () => {});
    await connected.promise;
    await settled(() => taken);
    expect(taken * PIECE.length).toBeLessThan(32 * 1024 * 1024);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 * 1024);
    await turns(() => plane.stats().activeRequests + plane.stats().connected === 0);
    expect(plane.telemetry()).toMatchObject([{ meshErrorCodes: { idle_timeout: 1 } }]);
    request.destroy();
  });

  it('a download to a caller that does not read stops at the service', async () => {
    let taken = 0;
    const service = await startService((_request, response) => {
      upload(() => {
        taken++;
      }).pipe(response);
    });
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
    await turns(() => taken > 0);
    await settled(() => taken);
    expect(taken * PIECE.length).toBeLessThan(32 * 1024 * 1024);
    client.socket.destroy();
    await turns(() => plane.stats().activeRequests === 0);
  });

  it('a connection that carried a stopped answer is used again', async () => {
    const service = await startService((request, response) => {
      if (request.url === '/large') response.end(Buffer.alloc(8 * 1024 * 1024));
      else response.end('small');
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.send('GET /large HTTP/1.1\r\nHost: web\r\n\r\nGET /small HTTP/1.1\r\nHost: web\r\n\r\n');
    await client.until(/small$/);
    expect((await call(port)).body).toBe('small');
  });
});

describe('an answer before the end of its request', () => {
  it('reaches the caller, and neither connection is used again', async () => {
    const service = await startRawService((socket) => {
      socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n');
    });
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    const client = await rawClient(port);
    client.send('POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 100\r\n\r\nsome');
    expect(await client.toEnd()).toMatch(/^HTTP\/1.1 413 /);
    expect(plane.stats().connected).toBe(0);
    expect(plane.telemetry()).toMatchObject([{ clientErrors: 1, meshErrors: 0 }]);
  });
});

describe('draining', () => {
  it('finishes what is in flight, closes what is idle and accepts nothing new', async () => {
    const arrived = Promise.withResolvers<() => void>();
    const service = await startService((_request, response) => arrived.resolve(() => response.end('late')));
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service }])]);
    const idle = await rawClient(port);
    const busy = await rawClient(port);
    busy.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
    const answer = await arrived.promise;
    const drained = plane.drain(10_000);
    expect(plane.stats().draining).toBe(true);
    expect(await idle.toEnd()).toBe('');
    await expect(rawClient(port)).rejects.toThrow(/ECONNREFUSED/);
    answer();
    expect(await busy.toEnd()).toMatch(/connection: close\r\n[\s\S]*late/);
    await drained;
    expect(plane.stats()).toMatchObject({ accepted: 0, connected: 0, activeRequests: 0 });
  });

  it('ends what does not finish in time', async () => {
    const service = await startRawService(() => {});
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    const client = await rawClient(port);
    client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n');
    await turns(() => plane.stats().activeRequests === 1);
    await plane.drain(1);
    expect(await client.toEnd()).toBe('');
    expect(plane.stats()).toMatchObject({ accepted: 0, connected: 0, activeRequests: 0 });
  });
});
