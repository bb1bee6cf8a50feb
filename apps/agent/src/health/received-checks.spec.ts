import { EventEmitter, once } from 'node:events';
import { connect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { startPair } from '../specs/planes.ts';
import { RawClient } from '../specs/raw-peer.ts';
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

describe('a service of the mesh that marks its requests passes for a check', () => {
  const marked = (line: string, more = '', body = '') =>
    `${line} HTTP/1.1\r\nHost: web\r\nX-Tulle-Health-Check: 1\r\n${more}\r\n${body}`;
  const check = marked('GET /up');

  /** The statuses of answers to requests on one connection, where one request an hour is let through but for checks. */
  async function ask(...requests: string[]): Promise<number[]> {
    const { inboundPort } = await startPair(authority, await startService((_, response) => response.end()), {
      policy: {
        healthCheck: { path: '/up', intervalMs: 600_000 },
        rateLimits: [{ name: 'hardly-any', requests: 1, perMs: 3_600_000 }],
      },
    });
    const { certificateChainPem: cert, keyPem: key } = authority.identity('caller');
    const client = new RawClient(
      connect({
        host: '127.0.0.1',
        port: inboundPort,
        ca: authority.rootPem,
        cert,
        key,
        checkServerIdentity: () => undefined,
      }),
    );
    client.send(`${requests.join('')}GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n`);
    const answers = (await client.toEnd()).matchAll(/^HTTP\/1.1 (\d+)/gm);
    return Array.from(answers, ([, status]) => Number(status)).slice(0, -1);
  }

  it('with what the service wants to be asked', async () => {
    expect(await ask(check, check, check)).toEqual([200, 200, 200]);
  });

  it.each<[string, string]>([
    ['another path', marked('GET /other')],
    ['a query', marked('GET /up?all')],
    ['another method', marked('POST /up')],
    ['content', marked('GET /up', 'Content-Length: 1\r\n', 'x')],
    ['content in chunks', marked('GET /up', 'Transfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    ['an upgrade', marked('GET /up', 'Connection: upgrade\r\nUpgrade: websocket\r\n')],
  ])('not with %s', async (_what, request) => {
    expect(await ask(request, request)).toEqual([200, 429]);
  });

  it('not beyond what checks need', async () => {
    const statuses = await ask(...Array.from({ length: 40 }, () => check));
    expect(statuses.filter((status) => status === 200)).toHaveLength(17);
  });
});
