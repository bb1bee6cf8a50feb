import { describe, expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startOutbound, startPair, viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';

const authority = new TestAuthority();

describe('deadlines', () => {
  it('what is left is told to the service, and what a service passes on shortens the next call', async () => {
    const service = await startService((request, response) => {
      response.end(String(request.headers['x-tulle-timeout-ms']));
    });
    const { port } = await startPair(authority, service, { timeouts: { requestMs: 20_000 } });
    expect((await call(port)).body).toBe('20000');
    expect((await call(port, { headers: { 'x-tulle-timeout-ms': '1234' } })).body).toBe('1234');
    const late = await call(port, { headers: { 'x-tulle-timeout-ms': '0' } });
    expect(late).toMatchObject({ status: 504, headers: { 'x-tulle-error': 'request_timeout' } });
  });

  it('a service without an agent is told nothing', async () => {
    const service = await startService((request, response) => response.end(JSON.stringify(request.headers)));
    const { port } = await startOutbound([viewOf('web', [{ port: service }])]);
    expect(JSON.parse((await call(port)).body)).not.toHaveProperty('x-tulle-timeout-ms');
  });

  it('events go on behind the time of a request', async () => {
    const service = await startService((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
      setTimeout(() => response.end('data: 2\n\n'), 2_400);
    });
    const { port } = await startPair(authority, service, { timeouts: { requestMs: 2_000 } });
    expect((await call(port)).body).toBe('data: 1\n\ndata: 2\n\n');
  });

  it('a try that takes too long is tried elsewhere, and what stays silent is left out', async () => {
    const silent = await startService(() => {});
    const quick = await startService((_request, response) => response.end('quick'));
    const views = [
      viewOf('web', [{ port: silent }, { port: quick }], {
        timeouts: { perTryMs: 1_000 },
        policy: {
          retries: { on: ['timeout'], attempts: 3, backoffBaseMs: 0 },
          outlierDetection: { consecutiveFailures: 1 },
          timeouts: { perTryMs: 1_000 },
        },
      }),
    ];
    const { port, plane } = await startOutbound(views);
    for (let turn = 0; turn < 10; turn++) expect((await call(port)).body).toBe('quick');
    expect(plane.stats().endpoints).toContainEqual(expect.objectContaining({ state: 'ejected' }));
  });
});

describe('limits', () => {
  it('what comes in is held to the rates of the service’s own policy', async () => {
    const service = await startService((_request, response) => response.end());
    const policy = { rateLimits: [{ name: 'slow', requests: 2, perMs: 60_000 }] };
    const { port } = await startPair(authority, service, { policy });
    const statuses = [];
    for (let turn = 0; turn < 4; turn++) statuses.push((await call(port)).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    const refused = await call(port);
    expect(refused.headers).toMatchObject({ 'x-tulle-error': 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('requests in flight beyond the circuit are refused at once, and places come free again', async () => {
    const held: (() => void)[] = [];
    const service = await startService((_request, response) => held.push(() => response.end()));
    const policy = { connections: { maxRequests: 1 } };
    const { port } = await startOutbound([viewOf('web', [{ port: service }], { policy })]);
    const first = call(port);
    await expect.poll(() => held.length).toBe(1);
    expect(await call(port)).toMatchObject({ status: 503, headers: { 'x-tulle-error': 'circuit_open' } });
    held[0]?.();
    await first;
    const next = call(port);
    await expect.poll(() => held.length).toBe(2);
    held[1]?.();
    expect((await next).status).toBe(200);
  });

  it('beyond the adaptive limit the least urgent requests are shed first', async () => {
    const held: (() => void)[] = [];
    const service = await startService((_request, response) => held.push(() => response.end()));
    const policy = { concurrency: { adaptive: true, min: 4, max: 4 } };
    const { port } = await startPair(authority, service, { policy });
    const first = Array.from({ length: 3 }, () => call(port));
    await expect.poll(() => held.length).toBe(3);
    expect(await call(port, { headers: { priority: 'u=7' } })).toMatchObject({
      status: 503,
      headers: { 'x-tulle-error': 'shed', 'retry-after': '1' },
    });
    const urgent = call(port, { headers: { priority: 'u=0' } });
    await expect.poll(() => held.length).toBe(4);
    for (const answer of held) answer();
    expect((await urgent).status).toBe(200);
    await Promise.all(first);
  });
});
