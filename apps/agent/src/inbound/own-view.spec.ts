import { expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startOutbound, startPlane, viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';

const authority = new TestAuthority();

/** An agent of `web` that has yet to hear of its own service, and a caller of it. */
async function startUntold(unknownServiceTimeoutMs: number) {
  const asked = Promise.withResolvers<string>();
  const { plane: web, ports } = await startPlane({
    self: { service: 'web', version: 'v1', instance: 'w' },
    local: { host: '127.0.0.1', port: await startService((_request, response) => response.end('served')) },
    inbound: { host: '127.0.0.1', port: 0, tls: true },
    onUnknownService: asked.resolve,
    limits: { unknownServiceTimeoutMs },
  });
  web.setIdentity(authority.identity('web'));
  const { plane: caller, port } = await startOutbound([]);
  caller.setIdentity(authority.identity('caller'));
  caller.apply([viewOf('web', [{ port: ports.inbound ?? 0, tls: true }])]);
  return { web, port, asked: asked.promise };
}

it.each([
  ['lets in whom it names', ['caller'], 200],
  ['refuses whom it does not name', ['someone-else'], 403],
  ['lets everybody in without a rule', undefined, 200],
])('a request waits for the view of the service, which then %s', async (_what, allow, status) => {
  const { web, port, asked } = await startUntold(600_000);
  const answer = call(port);
  expect(await asked).toBe('web');
  web.apply([viewOf('web', [], allow && { allow })]);
  expect(await answer).toMatchObject({ status });
});

it('nobody is let in while the view does not come', async () => {
  const { port } = await startUntold(20);
  expect(await call(port)).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'unknown_service' } });
});
