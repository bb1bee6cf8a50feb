import { expect, it } from 'vitest';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';

const good = () => startService((_request, response) => response.end('good'));

it('an endpoint that fails is ejected after its fifth failure in a row, and says why', async () => {
  const failing = await startService((_request, response) => {
    response.statusCode = 500;
    response.end();
  });
  const { port, plane } = await startOutbound([viewOf('web', [{ port: failing }, { port: await good() }])]);
  let failures = 0;
  for (let request = 0; request < 100; request++) if ((await call(port)).status !== 200) failures++;
  expect(failures).toBe(5);
  expect(plane.stats().endpoints).toMatchObject([
    { available: false, state: 'ejected', reason: '5 failures in a row', ejections: 1 },
    { available: true, state: 'available', reason: '', ejections: 0 },
  ]);
});

it('what an endpoint refuses to a caller is no failure of its own', async () => {
  const refusing = await startService((_request, response) => {
    response.statusCode = 404;
    response.end();
  });
  const { port, plane } = await startOutbound([viewOf('web', [{ port: refusing }, { port: await good() }])]);
  for (let request = 0; request < 50; request++) await call(port);
  expect(plane.stats().endpoints.map(({ state }) => state)).toEqual(['available', 'available']);
});

it('an endpoint that says it is not well gets no requests', async () => {
  const askedTwice = Promise.withResolvers<void>();
  let checks = 0;
  let requests = 0;
  const ill = await startService((request, response) => {
    if (request.url === '/healthz') {
      response.statusCode = 503;
      checks++;
      // Asked again, so the first answer has been judged.
      if (checks === 2) askedTwice.resolve();
    } else {
      requests++;
    }
    response.end();
  });
  const healthCheck = { path: '/healthz', intervalMs: 500, timeoutMs: 400, unhealthyAfter: 1 };
  const { port, plane } = await startOutbound([
    viewOf('web', [{ port: ill }, { port: await good() }], { policy: { healthCheck } }),
  ]);
  await askedTwice.promise;
  for (let request = 0; request < 20; request++) expect((await call(port)).body).toBe('good');
  expect(requests).toBe(0);
  expect(plane.stats().endpoints).toMatchObject([
    { state: 'unhealthy', reason: 'status 503' },
    { state: 'available' },
  ]);
});
