import { EventEmitter, once } from 'node:events';
import { expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startPair } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';

const authority = new TestAuthority();

it('checks count apart from what callers do, and no limit of the service holds them', async () => {
  const asked = new EventEmitter();
  const service = await startService((request, response) => {
    asked.emit('request', request.headers);
    response.end();
  });
  const { web } = await startPair(authority, service, {
    policy: {
      healthCheck: { intervalMs: 100, timeoutMs: 100 },
      rateLimits: [{ name: 'hardly-any', requests: 1, perMs: 3_600_000 }],
      concurrency: { adaptive: true },
    },
  });
  let headers: Record<string, string> = {};
  // More than the limit lets through in an hour; one that was answered in time among them.
  for (let count = 0; count < 3 || web.measurements().healthChecks.ok === 0; count++)
    [headers] = await once(asked, 'request');
  expect(web.telemetry()).toEqual([]);
  const { routes, rateLimits, overload } = web.measurements();
  expect([...routes].filter(({ key }) => key.side === 'inbound')).toEqual([]);
  expect(rateLimits).toEqual([{ service: 'web', limit: 'hardly-any', refused: 0 }]);
  expect(overload.concurrency).toMatchObject({ limit: 64, inFlight: 0, refused: [0, 0, 0, 0] });
  expect(headers).toMatchObject({ 'user-agent': 'tulle-health-check' });
  expect(headers).not.toHaveProperty('x-tulle-health-check');
});

it('a caller cannot pass for a check', async () => {
  const service = await startService((_request, response) => response.end());
  const { web, port } = await startPair(authority, service);
  expect((await call(port, { headers: { 'x-tulle-health-check': '1' } })).status).toBe(200);
  expect(web.telemetry()).toMatchObject([{ source: 'caller', requests: 1 }]);
  expect(web.measurements().healthChecks).toEqual({ ok: 0, failed: 0 });
});
