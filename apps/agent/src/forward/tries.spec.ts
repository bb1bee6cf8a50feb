import { routeRulesSchema } from '@tulle/mesh/route';
import { expect, it } from 'vitest';
import { ask, http2Client, type ServerStream, startHttp2Service } from '../specs/http2-services.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';

it('a call whose trailers say that it failed counts against its endpoint', async () => {
  const service = await startHttp2Service((stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '14' }));
    stream.end('message');
  });
  const { port, plane } = await startOutbound([
    viewOf('web', [{ port: service.port }], { protocol: 'grpc' }),
  ]);
  const grpc = { ':method': 'POST', 'content-type': 'application/grpc', te: 'trailers' };
  await ask(http2Client(port), grpc, 'message');
  expect(plane.stats().endpoints).toMatchObject([{ tries: 1, failedTries: 1 }]);
});

it('the time of a try begins when it does, not while a fault holds the request back', async () => {
  const service = await startService((_request, response) => response.end('hello'));
  const rules = routeRulesSchema.parse([
    { filters: [{ type: 'Fault', fault: { delay: { delayMs: 2_400 } } }], timeouts: { perTryMs: 2_000 } },
  ]);
  const { port } = await startOutbound([
    viewOf('web', [{ port: service }], { rules, timeouts: { perTryMs: 2_000 } }),
  ]);
  expect(await call(port)).toMatchObject({ status: 200, body: 'hello' });
});

it('a body is whole in the second try, although its trailers came before that began', async () => {
  const closed = Promise.withResolvers<void>();
  const tried = Promise.withResolvers<void>();
  let tries = 0;
  const service = await startHttp2Service(async (stream: ServerStream) => {
    let body = '';
    stream.on('data', (bytes) => {
      body += bytes;
      if (tries === 1 && !stream.headersSent) stream.respond({ ':status': 503 });
    });
    if (++tries === 1) {
      tried.resolve();
      stream.on('close', () => closed.resolve());
      return;
    }
    stream.on('end', () => {
      stream.respond({ ':status': 200 });
      stream.end(body);
    });
  });
  const retries = {
    on: ['gateway-error' as const],
    methods: 'all' as const,
    backoffBaseMs: 200,
    backoffMaxMs: 200,
  };
  const { port } = await startOutbound([
    viewOf('web', [{ port: service.port }], { protocol: 'http2', policy: { retries } }),
  ]);
  const client = http2Client(port);
  const stream = client.request(
    { ':method': 'POST', ':path': '/', ':authority': 'web' },
    { waitForTrailers: true },
  );
  let answer = '';
  stream.on('data', (bytes) => {
    answer += bytes;
  });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-after': '1' }));
  stream.write('whole');
  await tried.promise;
  await closed.promise;
  const over = Promise.withResolvers<void>();
  stream.on('close', () => over.resolve());
  stream.end();
  await over.promise;
  expect([tries, answer]).toEqual([2, 'whole']);
});

it('a service that takes one request at a time gets all of a crowd', async () => {
  let active = 0;
  let most = 0;
  const service = await startHttp2Service((stream) => {
    most = Math.max(most, ++active);
    setImmediate(() => {
      active--;
      stream.respond({ ':status': 200 });
      stream.end('in turn');
    });
  });
  service.server.updateSettings({ maxConcurrentStreams: 1 });
  const connections = { max: 10, maxPending: 100 };
  const retries = { attempts: 1 };
  const { port, plane } = await startOutbound([
    viewOf('web', [{ port: service.port }], { protocol: 'http2', policy: { connections, retries } }),
  ]);
  const client = http2Client(port);
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask(client)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(60);
  expect(most).toBeLessThanOrEqual(10);
  expect(plane.stats().endpoints).toMatchObject([{ active: 0, pending: 0 }]);
});
