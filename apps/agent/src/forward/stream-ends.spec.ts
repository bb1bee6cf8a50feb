import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { ask, http2Client, startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';
import { rawClient, startRawService } from '../specs/services.ts';
import { turns } from '../specs/turns.ts';

const authority = new TestAuthority();
/** Fits into the window of one stream; as often as below, it is more than the window of a connection. */
const BODY = Buffer.alloc(200_000);
const TIMES = 80;

const upgrade =
  'GET / HTTP/1.1\r\nHost: web\r\nConnection: upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

describe('the window of a connection', () => {
  it('gets back what a caller left unread of answers that had come whole', async () => {
    const service = await startHttp2Service((stream) => {
      stream.respond({ ':status': 200 });
      stream.end(BODY);
    });
    const { port, plane } = await startOutbound([
      viewOf('web', [{ port: service.port }], { protocol: 'http2' }),
    ]);
    const client = http2Client(port);
    for (let time = 0; time < TIMES; time++) {
      const stream = client.request({ ':path': '/', ':authority': 'web' });
      stream.on('error', () => {});
      await once(stream, 'response');
      // All of the answer is with the agent, which may send the caller no more of it.
      await turns(() => plane.telemetry().some(({ bytesReceived }) => bytesReceived > 0));
      await ping(client);
      stream.close(8);
      await once(stream, 'close');
    }
    expect((await ask(client)).body.length).toBe(BODY.length);
  });

  it('gets back what a service left unread of requests it answered early', async () => {
    let answer = Promise.withResolvers<void>();
    const service = await startHttp2Service(async (stream, headers) => {
      if (headers[':path'] === '/echo') {
        stream.respond({ ':status': 200 });
        stream.pipe(stream);
        return;
      }
      await answer.promise;
      stream.respond({ ':status': 413 }, { endStream: true });
    });
    const { port } = await startOutbound([viewOf('web', [{ port: service.port }], { protocol: 'http2' })]);
    const client = http2Client(port);
    for (let time = 0; time < TIMES; time++) {
      const stream = client.request({ ':method': 'POST', ':path': '/', ':authority': 'web' });
      stream.on('error', () => {});
      stream.end(BODY);
      await once(stream, 'finish');
      await ping(client);
      const closed = once(stream, 'close');
      const response = once(stream, 'response');
      answer.resolve();
      expect((await response)[0][':status']).toBe(413);
      stream.resume();
      await closed;
      answer = Promise.withResolvers<void>();
    }
    const body = Buffer.alloc(1_000_000);
    const echoed = await ask(client, { ':method': 'POST', ':path': '/echo' }, body);
    expect(echoed.body.length).toBe(body.length);
  });
});

describe('a WebSocket between agents', () => {
  it('that the service ends gives its stream back', async () => {
    const service = await startRawService((socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nbye');
    });
    const { port, web, caller } = await startPair(authority, service.port);
    for (let time = 0; time < 270; time++) {
      const client = await rawClient(port);
      client.send(upgrade);
      expect(await client.toEnd()).toMatch(/^HTTP\/1.1 101 [\s\S]*bye$/);
    }
    expect(web.stats().accepted).toBe(1);
    expect(caller.stats().endpoints).toMatchObject([{ connections: 1, active: 0 }]);
  });

  it('that the service refuses gives its stream back', async () => {
    const service = await startRawService((socket) => {
      socket.write('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno');
    });
    const { port, web } = await startPair(authority, service.port);
    const client = await rawClient(port);
    for (let time = 0; time < 270; time++) {
      client.received = '';
      client.send(upgrade);
      await client.until(/^HTTP\/1.1 401 [\s\S]*\r\n\r\nno$/);
    }
    expect(web.stats().accepted).toBe(1);
  });
});

/** The agent has read everything that was sent before. */
function ping(client: ReturnType<typeof http2Client>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  client.ping(() => resolve());
  return promise;
}
