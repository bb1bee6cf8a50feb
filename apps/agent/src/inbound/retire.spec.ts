import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startPair } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';

const authority = new TestAuthority();

it('answers what is under way, takes nothing more, and says when the service may end', async () => {
  const reached = Promise.withResolvers<ServerResponse>();
  const service = await startService((_request, response) => reached.resolve(response));
  const { web, port } = await startPair(authority, service);
  const underWay = call(port);
  const response = await reached.promise;

  let isRetired = false;
  const retired = web.retireInbound(600_000).then(() => {
    isRetired = true;
  });
  expect(await call(port)).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'connect_failed' } });
  expect(isRetired).toBe(false);

  response.end('late');
  expect(await underWay).toMatchObject({ status: 200 });
  await retired;
});

it('does not wait for longer than it is told', async () => {
  const reached = Promise.withResolvers<ServerResponse>();
  const service = await startService((_request, response) => reached.resolve(response));
  const { web, port } = await startPair(authority, service);
  const underWay = call(port);
  const response = await reached.promise;
  await web.retireInbound(20);
  response.end('later');
  expect(await underWay).toMatchObject({ status: 200 });
});
