import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LiveDataPlane } from '../live-data-plane.ts';
import { startFaultyService } from '../specs/faulty-services.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { reservedPort } from '../specs/reserved-port.ts';
import { rawClient, startRawService, startService } from '../specs/services.ts';
import { settled, turns } from '../specs/turns.ts';
import { Http1Caller } from './http1-caller.ts';
import type { Passage } from './passage.ts';

/** Takes what is written when it is told to. */
class StalledSocket extends Duplex {
  taken = '';
  goOn = () => {};

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.taken += bytes.toString('latin1');
    this.goOn = done;
  }
}

describe('a caller that reads slowly', () => {
  it('gets the whole of its last answer, however long it takes', async () => {
    const { plane } = await startOutbound([]);
    expect.assert(plane instanceof LiveDataPlane);
    const socket = new StalledSocket();
    const of = { side: 'outbound', source: '', destination: '', version: '', tls: false } as const;
    const series = plane.recorder.series(of);
    const passage: Passage = {
      admit: (exchange) => exchange.fail('unknown_host', ''),
      seriesOf: () => series,
    };
    const caller = new Http1Caller(socket as Duplex as Socket, passage, plane, undefined);
    caller.receive(Buffer.from('GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n'));
    await turns(() => socket.taken !== '');
    expect(socket.taken).toMatch(/^HTTP\/1.1 404 /);
    caller.sweep(performance.now() + 60_000);
    expect(socket.destroyed).toBe(false);
    socket.goOn();
    await once(socket, 'finish');
    caller.sweep(performance.now() + 1_000);
    expect(socket.destroyed).toBe(false);
    caller.sweep(performance.now() + 3_000);
    expect(socket.destroyed).toBe(true);
  });

  it('is read no further requests while it does not read the answers of the mesh', async () => {
    const { port, plane } = await startOutbound([]);
    const client = await rawClient(port);
    client.socket.removeAllListeners('data');
    client.socket.pause();
    const many = 200_000;
    const answers = () => plane.telemetry().reduce((sum, { requests }) => sum + requests, 0);
    client.send('GET / HTTP/1.1\r\nHost: web\r\n\r\n'.repeat(many));
    await turns(() => answers() > 0);
    await settled(answers);
    expect(answers()).toBeLessThan(many / 2);
  });
});

describe('a caller that is answered before the end of its request', () => {
  it('may send the next behind it, on the same connection', async () => {
    const service = await startFaultyService('http2');
    const { port } = await startOutbound([viewOf('web', [{ port: service }], { protocol: 'http2' })]);
    const client = await rawClient(port);
    const body = 'x'.repeat(400_000);
    client.send(`POST /early HTTP/1.1\r\nHost: web\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await client.until(/early/);
    client.received = '';
    client.send('POST /echo HTTP/1.1\r\nHost: web\r\nContent-Length: 4\r\n\r\nnext');
    await client.until(/^HTTP\/1.1 200 [\s\S]*next/);
  });
});

describe('a caller that half-closes behind its request', () => {
  const body = 'x'.repeat(30_000);
  const post = `POST / HTTP/1.1\r\nHost: web\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  it('is answered, also when the end came before the service was reached', async () => {
    const service = await startService((request, response) => {
      let length = 0;
      request.on('data', (bytes: Buffer) => {
        length += bytes.length;
      });
      request.on('end', () => response.end(`got ${length}`));
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.socket.end(post);
    expect(await client.toEnd()).toMatch(/^HTTP\/1.1 200 [\s\S]*got 30000/);
    const another = await rawClient(port);
    const get = 'GET / HTTP/1.1\r\nHost: web\r\n\r\n';
    const refused = 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n';
    another.socket.end(get + post + refused + post);
    const answers = await another.toEnd();
    expect(answers.match(/HTTP\/1.1 \d+|got \d+/g)?.join(', ')).toBe(
      'HTTP/1.1 200, got 0, HTTP/1.1 200, got 30000, HTTP/1.1 404, HTTP/1.1 200, got 30000',
    );
  });

  it('is told what it left out', async () => {
    const service = await startService((request, response) =>
      request.on('end', () => response.end()).resume(),
    );
    const { port, plane } = await startOutbound([viewOf('web', [{ port: service }])]);
    const client = await rawClient(port);
    client.socket.end(post.slice(0, -1));
    expect(await client.toEnd()).toMatch(/^HTTP\/1.1 400 /);
    expect(plane.stats().activeRequests).toBe(0);
  });

  it('is told of the mesh’s own failure as one that stays', async () => {
    const { port } = await startOutbound([viewOf('web', [{ port: await reservedPort() }])]);
    const client = await rawClient(port);
    client.socket.end(post);
    expect(await client.toEnd()).toMatch(/^HTTP\/1.1 503 [\s\S]*connect_failed/);
  });

  it('ends its WebSocket behind what it sent, although that came before the answer', async () => {
    let seen = '';
    const ended = Promise.withResolvers<void>();
    const service = await startRawService((socket, received) => {
      seen = received;
      if (received.endsWith('\r\n\r\n')) {
        socket.on('end', () => ended.resolve());
        setImmediate(() =>
          socket.write(
            'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
          ),
        );
      }
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }])]);
    const client = await rawClient(port);
    client.socket.end(
      'GET / HTTP/1.1\r\nHost: web\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nframes',
    );
    await ended.promise;
    expect(seen).toBe('frames');
    expect(await client.toEnd()).toMatch(/^HTTP\/1.1 101 /);
  });
});
