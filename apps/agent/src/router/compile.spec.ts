import { describe, expect, it } from 'vitest';
import { viewOf } from '../specs/planes.ts';
import { pickFor, prefix, rulesOf, SpecMesh, splitOf, twoVersions } from './mesh.spec-support.ts';
import { requestFor } from './request.spec-support.ts';

it('a service without rules has one decision, whatever is asked of it', () => {
  const mesh = new SpecMesh();
  mesh.apply(viewOf('web', twoVersions));
  const decision = mesh.decide('/a/../b');
  expect(decision).toBe(mesh.router.byService('web'));
  expect(decision).toMatchObject({
    service: 'web',
    rule: '',
    refusal: undefined,
    rateLimits: [],
    mirrors: [],
  });
  expect(mesh.router.route('unknown.mesh', requestFor('/'), '')).toBeUndefined();
});

it('rules decide by host and by port alike, and what matches none goes by the split', () => {
  const mesh = new SpecMesh();
  const rules = rulesOf({ name: 'new', matches: [prefix('/new')], backendRefs: [{ version: 'v2' }] });
  mesh.apply(viewOf('web', twoVersions, { ...splitOf(0), ...rules }));
  expect(mesh.decide('/new/x').rule).toBe('new');
  expect(mesh.router.routeTo('web', requestFor('/new/x'), '')?.rule).toBe('new');
  expect(mesh.tally(20, '/new/x')).toEqual(new Map([['v2', 20]]));
  expect(mesh.decide('/other')).toBe(mesh.router.byService('web'));
  expect(mesh.tally(20, '/other')).toEqual(new Map([['v1', 20]]));
});

it('a rule asks for the source that was proved', () => {
  const mesh = new SpecMesh();
  mesh.apply(viewOf('web', twoVersions, rulesOf({ name: 'shop', matches: [{ source: 'shop' }] })));
  expect(mesh.decide('/', {}, 'shop').rule).toBe('shop');
  expect(mesh.decide('/', {}, '').rule).toBe('');
});

it('a path with a dot segment is refused where rules read paths, as the service would read another one', () => {
  const mesh = new SpecMesh();
  mesh.apply(viewOf('web', twoVersions, rulesOf({ matches: [prefix('/public')] })));
  const decision = mesh.decide('/public/%2e%2e/admin');
  expect(decision.refusal?.code).toBe('bad_request');
  expect(decision.destination.pick(pickFor(requestFor('/')))).toBeUndefined();
  expect(mesh.decide('/public/.well-known').refusal).toBeUndefined();
  mesh.apply(viewOf('web', twoVersions, rulesOf({ matches: [{ method: 'GET' }] })));
  expect(mesh.decide('/public/../admin').refusal).toBeUndefined();
  // A prefix in place of `/` must not be left again.
  mesh.apply(
    viewOf(
      'web',
      twoVersions,
      rulesOf({
        matches: [prefix('/')],
        filters: [
          {
            type: 'URLRewrite',
            urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/tenant' } },
          },
        ],
      }),
    ),
  );
  expect(mesh.decide('/../other-tenant').refusal?.code).toBe('bad_request');
});

it('HTTP is refused by services of bytes, whose destination stands all the same', () => {
  const mesh = new SpecMesh();
  for (const protocol of ['http', 'http2', 'grpc'] as const) {
    expect(mesh.apply(viewOf('web', twoVersions, { protocol })).rejected).toEqual([]);
    expect(mesh.decide('/').refusal).toBeUndefined();
  }
  for (const protocol of ['tcp', 'tls'] as const) {
    expect(mesh.apply(viewOf('web', twoVersions, { protocol })).rejected).toEqual([]);
    expect(mesh.decide('/').refusal).toEqual({ code: 'not_http', detail: 'web' });
    expect(mesh.send('/')?.backend.endpoint.port).toBeDefined();
  }
});

describe('what outlives a configuration', () => {
  const limited = (...paths: string[]) =>
    rulesOf({
      name: 'limited',
      matches: paths.map(prefix),
      filters: [
        { type: 'RateLimit', rateLimit: { requests: 2, perMs: 60_000 } },
        { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
      ],
    });

  it('a rate limit that did not change, one for all matches of its rule', () => {
    const mesh = new SpecMesh();
    mesh.apply(viewOf('web', twoVersions, limited('/a', '/bb')));
    const take = (target: string) => mesh.decide(target).rateLimits[0]?.take(requestFor(target), 'caller', 0);
    expect([take('/a'), take('/bb')]).toEqual([0, 0]);
    mesh.apply(viewOf('web', twoVersions, limited('/a', '/bb', '/ccc')));
    expect(take('/ccc')).toBeGreaterThan(0);
  });

  it('the circuit and the retry budget of a service, the same for all its rules', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({ matches: [prefix('/a')], retries: { attempts: 5, on: ['server-error'] } });
    const view = (maxRequests: number) =>
      viewOf('web', twoVersions, {
        policy: { connections: { maxRequests }, retries: { attempts: 1 } },
        ...rules,
      });
    mesh.apply(view(10));
    const { circuit, retry } = mesh.decide('/');
    expect(circuit).toEqual({ max: 10, active: 0 });
    expect(mesh.decide('/a').circuit).toBe(circuit);
    expect(mesh.decide('/a').retry).toMatchObject({ attempts: 5, budget: retry.budget });
    expect(mesh.decide('/a').retry.onStatus(500)).toBe(true);
    expect(retry.attempts).toBe(1);
    mesh.apply(view(20));
    expect(mesh.decide('/').circuit).toBe(circuit);
    expect(circuit?.max).toBe(20);
    expect(mesh.decide('/').retry.budget).toBe(retry.budget);
    mesh.apply(view(0));
    expect(mesh.decide('/').circuit).toBeUndefined();
  });

  it('the former view of a service, where the new one is rejected', () => {
    const mesh = new SpecMesh();
    mesh.apply(viewOf('web', twoVersions, rulesOf({ name: 'first', backendRefs: [{ name: 'shop' }] })));
    const broken = viewOf('web', twoVersions, rulesOf({ name: 'second' }));
    broken.rules?.push({
      matches: [
        { path: { type: 'RegularExpression', value: '(a)\\1' }, headers: [], queryParams: [], cookies: [] },
      ],
      filters: [],
      backendRefs: [],
    });
    const { rejected, accepted } = mesh.apply(broken, viewOf('shop', [{ port: 3, version: 'v9' }]));
    expect(accepted).toEqual(['shop']);
    expect(rejected).toMatchObject([{ name: 'web' }]);
    expect(mesh.decide('/').rule).toBe('first');
    // It is compiled anew: what it names has come.
    expect(mesh.tally(5)).toEqual(new Map([['v9', 5]]));
  });

  it('nothing of a service that is gone', () => {
    const mesh = new SpecMesh();
    const view = viewOf('web', twoVersions, { policy: { connections: { maxRequests: 1 } } });
    mesh.apply(view);
    const { circuit } = mesh.decide('/');
    mesh.apply();
    mesh.apply(view);
    expect(mesh.decide('/').circuit).not.toBe(circuit);
  });
});
