import { afterEach, expect, it, vi } from 'vitest';
import { ReplayBuffer } from '../retry/replay-buffer.ts';
import { http2Client, type ServerStream, startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';

const letGo = vi.spyOn(ReplayBuffer.prototype, 'giveUp');
afterEach(() => void letGo.mockClear());

const retries = {
  on: ['gateway-error' as const],
  methods: 'all' as const,
  backoffBaseMs: 1,
  backoffMaxMs: 1,
};

/** A request with a body that may be sent twice, and whose end is up to the spec. */
async function startRequest(serve: (stream: ServerStream) => void) {
  const service = await startHttp2Service(serve);
  const { port, plane } = await startOutbound([
    viewOf('web', [{ port: service.port }], { protocol: 'http2', policy: { retries } }),
  ]);
  const stream = http2Client(port).request(
    { ':method': 'POST', ':path': '/', ':authority': 'web' },
    { waitForTrailers: true },
  );
  stream.on('error', () => {});
  const status = new Promise((resolve) => stream.once('response', (head) => resolve(head[':status'])));
  stream.write('some of it');
  return { stream, status, plane };
}

it('a request whose trailers were sent is not repeated: another try would go without them', async () => {
  let tries = 0;
  const { stream, status } = await startRequest((served) => {
    tries++;
    served.resume();
    served.on('trailers', () => served.respond({ ':status': 503 }, { endStream: true }));
    served.on('end', () => tries > 1 && served.respond({ ':status': 200 }, { endStream: true }));
  });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-after': '1' }));
  stream.end();
  expect(await status).toBe(503);
  expect(tries).toBe(1);
});

it('what was kept of a body is let go with the answer, while the rest still comes', async () => {
  const { stream, status } = await startRequest((served) => {
    served.on('data', () => served.headersSent || served.respond({ ':status': 200 }));
  });
  expect(await status).toBe(200);
  expect(letGo).toHaveBeenCalled();
  stream.close();
});

it('and when its caller leaves before there is an answer', async () => {
  const arrived = Promise.withResolvers<void>();
  const { stream, plane } = await startRequest((served) => void served.on('data', () => arrived.resolve()));
  await arrived.promise;
  expect(letGo).not.toHaveBeenCalled();
  stream.close();
  await expect.poll(() => plane.stats().activeRequests).toBe(0);
  expect(letGo).toHaveBeenCalled();
});
