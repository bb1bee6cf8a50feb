import { expect, it } from 'vitest';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';
import { type DeclaredRules, rulesOf } from './mesh.spec-support.ts';

/** Two versions of `web` that answer with what they were asked, behind the agent of a caller. */
async function startWeb(...rules: DeclaredRules): Promise<number> {
  const ports = await Promise.all(
    ['v1', 'v2'].map((version) =>
      startService((request, response) => {
        const { host, 'x-new': added, 'x-secret': secret } = request.headers;
        response.setHeader('server', 'secret');
        response.end(JSON.stringify({ version, url: request.url, host, added, secret }));
      }),
    ),
  );
  const endpoints = ports.map((port, index) => ({ port, version: `v${index + 1}` }));
  const weights = [
    { version: 'v1', weight: 100 },
    { version: 'v2', weight: 0 },
  ];
  return (await startOutbound([viewOf('web', endpoints, { weights, ...rulesOf(...rules) })])).port;
}

it('sends a request where its rule says, and others by the split', async () => {
  const port = await startWeb({
    matches: [{ cookies: [{ name: 'beta', value: 'yes' }], queryParams: [{ name: 'q', value: 'a b' }] }],
    backendRefs: [{ version: 'v2' }],
  });
  const versionFor = async (path: string, cookie: string) =>
    JSON.parse((await call(port, { path, headers: { cookie } })).body).version;
  expect(await versionFor('/x?q=a+b', 'a=1; beta=yes')).toBe('v2');
  expect(await versionFor('/x?q=ab', 'a=1; beta=yes')).toBe('v1');
  expect(await versionFor('/x?q=a+b', 'beta=no')).toBe('v1');
});

it('changes head, path and host on the way there, and the answer on the way back', async () => {
  const port = await startWeb({
    matches: [{ path: { type: 'PathPrefix', value: '/old' } }],
    filters: [
      {
        type: 'RequestHeaderModifier',
        requestHeaderModifier: { set: [{ name: 'x-new', value: 'yes' }], remove: ['x-secret'] },
      },
      { type: 'ResponseHeaderModifier', responseHeaderModifier: { remove: ['server'] } },
      {
        type: 'URLRewrite',
        urlRewrite: {
          hostname: 'inside.example',
          path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' },
        },
      },
    ],
  });
  const headers = { 'x-new': 'no', 'x-secret': 'word' };
  const { body, headers: answered } = await call(port, { path: '/old/a?b=c', headers });
  expect(JSON.parse(body)).toEqual({
    version: 'v1',
    url: '/new/a?b=c',
    host: 'inside.example',
    added: 'yes',
  });
  expect(answered.server).toBeUndefined();
  const untouched = JSON.parse((await call(port, { path: '/older', headers })).body);
  expect(untouched).toEqual({ version: 'v1', url: '/older', host: 'web', added: 'no', secret: 'word' });
});

it('answers redirects, faults and limits itself', async () => {
  const port = await startWeb(
    {
      matches: [{ path: { type: 'Exact', value: '/moved' } }],
      filters: [{ type: 'RequestRedirect', requestRedirect: { hostname: 'example.org', statusCode: 308 } }],
    },
    {
      matches: [{ path: { type: 'Exact', value: '/broken' } }],
      filters: [{ type: 'Fault', fault: { header: 'x-chaos', abort: { status: 418 } } }],
    },
    {
      matches: [{ path: { type: 'Exact', value: '/limited' } }],
      filters: [{ type: 'RateLimit', rateLimit: { requests: 1, perMs: 3_600_000 } }],
    },
  );
  const moved = await call(port, { path: '/moved?a=b' });
  expect([moved.status, moved.headers.location]).toEqual([308, 'http://example.org/moved?a=b']);
  expect((await call(port, { path: '/broken' })).status).toBe(200);
  expect((await call(port, { path: '/broken', headers: { 'x-chaos': '1' } })).status).toBe(418);
  expect((await call(port, { path: '/limited' })).status).toBe(200);
  expect((await call(port, { path: '/limited' })).status).toBe(429);
});

it('refuses a path that the service would read otherwise, and a backend that nobody knows', async () => {
  const port = await startWeb({
    matches: [{ path: { type: 'PathPrefix', value: '/gone' } }],
    backendRefs: [{ name: 'nobody' }],
  });
  const dotted = await call(port, { path: '/public/..%2fgone' });
  expect([dotted.status, dotted.headers['x-tulle-error']]).toEqual([400, 'bad_request']);
  const gone = await call(port, { path: '/gone/%2e.x' });
  expect([gone.status, gone.headers['x-tulle-error']]).toEqual([503, 'no_endpoint']);
});

it('keeps a user at one version and says when that version is away', async () => {
  const services = await Promise.all(
    ['v1', 'v2'].map((version) => startService((_request, response) => response.end(version))),
  );
  const endpoints = services.map((port, index) => ({ port, version: `v${index + 1}` }));
  const weights = [
    { version: 'v1', weight: 50 },
    { version: 'v2', weight: 50 },
  ];
  const sticky = { by: 'header' as const, name: 'x-user' };
  const { port, plane } = await startOutbound([viewOf('web', endpoints, { weights, sticky })]);
  const users = Array.from({ length: 20 }, (_, index) => `user-${index}`);
  const ask = (user: string) => call(port, { headers: { 'x-user': user } });
  const versions = new Map<string, string>();
  for (const user of users) versions.set(user, (await ask(user)).body);
  expect(new Set(versions.values())).toEqual(new Set(['v1', 'v2']));
  for (const user of users) expect((await ask(user)).body).toBe(versions.get(user));
  plane.apply([viewOf('web', endpoints.slice(0, 1), { weights, sticky })]);
  for (const user of users) {
    const { body, headers } = await ask(user);
    expect([body, headers['x-tulle-sticky']]).toEqual([
      'v1',
      versions.get(user) === 'v1' ? undefined : 'moved',
    ]);
  }
});

it('gives a session that it begins a cookie, and keeps it where it began', async () => {
  const port = await startWeb({
    sticky: { by: 'session', name: 'tulle' },
    backendRefs: [
      { version: 'v1', weight: 50 },
      { version: 'v2', weight: 50 },
    ],
  });
  for (let count = 0; count < 4; count++) {
    const first = await call(port);
    const [cookie = ''] = first.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^tulle=\S+; Path=\/; HttpOnly; SameSite=Lax$/);
    const again = await call(port, { headers: { cookie: cookie.split(';')[0] ?? '' } });
    expect(JSON.parse(again.body).version).toBe(JSON.parse(first.body).version);
    expect(again.headers['set-cookie']).toBeUndefined();
  }
});
