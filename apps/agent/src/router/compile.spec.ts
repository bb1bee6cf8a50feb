import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { viewOf } from '../specs/planes.ts';
import { pickFor, rulesOf, SpecMesh } from './mesh.spec-support.ts';
import { requestFor } from './request.spec-support.ts';

const two = [
  { port: 1, version: 'v1' },
  { port: 2, version: 'v2' },
];
const split = (v2: number) => ({
  weights: [
    { version: 'v1', weight: 100 - v2 },
    { version: 'v2', weight: v2 },
  ],
});
const prefix = (value: string) => ({ path: { type: 'PathPrefix' as const, value } });

it('a service without rules has one decision, whatever is asked of it', () => {
  const mesh = new SpecMesh();
  mesh.apply(viewOf('web', two));
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
  mesh.apply(viewOf('web', two, { ...split(0), ...rules }));
  expect(mesh.decide('/new/x').rule).toBe('new');
  expect(mesh.router.routeTo('web', requestFor('/new/x'), '')?.rule).toBe('new');
  expect(mesh.tally(20, '/new/x')).toEqual(new Map([['v2', 20]]));
  expect(mesh.decide('/other')).toBe(mesh.router.byService('web'));
  expect(mesh.tally(20, '/other')).toEqual(new Map([['v1', 20]]));
});

it('a rule asks for the source that was proved', () => {
  const mesh = new SpecMesh();
  mesh.apply(viewOf('web', two, rulesOf({ name: 'shop', matches: [{ source: 'shop' }] })));
  expect(mesh.decide('/', {}, 'shop').rule).toBe('shop');
  expect(mesh.decide('/', {}, '').rule).toBe('');
});

it('a path with a dot segment is refused where rules read paths, as the service would read another one', () => {
  const mesh = new SpecMesh();
  mesh.apply(viewOf('web', two, rulesOf({ matches: [prefix('/public')] })));
  const decision = mesh.decide('/public/%2e%2e/admin');
  expect(decision.refusal?.code).toBe('bad_request');
  expect(decision.destination.pick(pickFor(requestFor('/')))).toBeUndefined();
  expect(mesh.decide('/public/.well-known').refusal).toBeUndefined();
  mesh.apply(viewOf('web', two, rulesOf({ matches: [{ method: 'GET' }] })));
  expect(mesh.decide('/public/../admin').refusal).toBeUndefined();
});

it('HTTP is refused by services of bytes, whose destination stands all the same', () => {
  const mesh = new SpecMesh();
  for (const protocol of ['http', 'http2', 'grpc'] as const) {
    expect(mesh.apply(viewOf('web', two, { protocol })).rejected).toEqual([]);
    expect(mesh.decide('/').refusal).toBeUndefined();
  }
  for (const protocol of ['tcp', 'tls'] as const) {
    expect(mesh.apply(viewOf('web', two, { protocol })).rejected).toEqual([]);
    expect(mesh.decide('/').refusal).toEqual({ code: 'not_http', detail: 'web' });
    expect(mesh.send('/')?.backend.endpoint.port).toBeDefined();
  }
});

describe('backends of a rule', () => {
  it('share its requests by their weights, exactly, across configurations', () => {
    // Whatever began anew would begin here.
    vi.spyOn(Math, 'random').mockReturnValue(0.1);
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const mesh = new SpecMesh();
    const rules = rulesOf({
      backendRefs: [
        { version: 'v1', weight: 7 },
        { version: 'v2', weight: 3 },
      ],
    });
    let v1 = 0;
    for (let round = 0; round < 1_000; round++) {
      mesh.apply(viewOf('web', two, { ...split(50), ...rules }));
      v1 += mesh.tally(1).get('v1') ?? 0;
    }
    expect(Math.abs(v1 - 700)).toBeLessThan(5);
  });

  it('may be another service, by its own split and identity, under the policy of the one that was asked for', () => {
    const mesh = new SpecMesh();
    const web = viewOf('web', two, {
      timeouts: { requestMs: 111 },
      ...rulesOf(
        { backendRefs: [{ name: 'shop' }] },
        { matches: [prefix('/slow')], timeouts: { requestMs: 999 } },
      ),
    });
    const shop = viewOf(
      'shop',
      [
        { port: 3, version: 'v8' },
        { port: 4, version: 'v9' },
      ],
      {
        timeouts: { requestMs: 222 },
        weights: [
          { version: 'v8', weight: 0 },
          { version: 'v9', weight: 100 },
        ],
        ...rulesOf({ backendRefs: [{ version: 'v8' }] }),
      },
    );
    const { services, missing } = mesh.apply(web, shop);
    const target = mesh.send('/');
    expect(target?.backend.endpoint.version).toBe('v9');
    expect(services.get('shop')?.backends).toContain(target?.backend);
    expect(mesh.decide('/')).toMatchObject({ service: 'web', timeouts: { requestMs: 111 } });
    expect(mesh.decide('/slow')).toMatchObject({ timeouts: { requestMs: 999, idleMs: 60_000 } });
    expect(missing).toEqual([]);
  });

  it('that are not known fail for their weight, until their view comes', () => {
    const mesh = new SpecMesh();
    const web = viewOf(
      'web',
      two,
      rulesOf({
        backendRefs: [
          { version: 'v1', weight: 3 },
          { name: 'shop', weight: 1 },
        ],
      }),
    );
    expect(mesh.apply(web).missing).toEqual(['shop']);
    expect(Math.abs((mesh.tally(100).get('') ?? 0) - 25)).toBeLessThan(4);
    mesh.apply(web, viewOf('shop', [{ port: 3, version: 'v9' }]));
    expect(mesh.tally(100).get('')).toBeUndefined();
    expect(Math.abs((mesh.tally(100).get('v9') ?? 0) - 25)).toBeLessThan(4);
  });

  it('without a usable endpoint lose their weight for that pick only', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({ backendRefs: [{ version: 'v1' }, { version: 'v2' }] });
    const { services } = mesh.apply(viewOf('web', two, rules));
    const [v1, v2] = services.get('web')?.backends ?? [];
    v1?.connectFailed(0);
    expect(mesh.tally(50)).toEqual(new Map([['v2', 50]]));
    v2?.connectFailed(0);
    expect(mesh.tally(50).get('')).toBeUndefined();
    v1?.connected();
    expect(mesh.tally(50)).toEqual(new Map([['v1', 50]]));
  });

  it('try elsewhere where a try has failed', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({ backendRefs: [{ version: 'v1' }, { version: 'v2' }] });
    const failed = mesh.apply(viewOf('web', two, rules)).services.get('web')?.backends[0];
    const { destination } = mesh.decide('/');
    for (let pick = 0; pick < 20; pick++)
      expect(destination.pick(pickFor(requestFor('/'), failed))?.backend).not.toBe(failed);
  });
});

describe('changes on the way', () => {
  const set = (name: string, value: string) => ({ set: [{ name, value }] });

  it('without any the target is the backend itself', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({ backendRefs: [{ version: 'v2' }] });
    const backend = mesh.apply(viewOf('web', two, rules)).services.get('web')?.backends[1];
    expect(mesh.send('/')).toBe(backend);
  });

  it('of rule and backend come together, in one target for each backend', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({
      filters: [
        { type: 'RequestHeaderModifier', requestHeaderModifier: set('x-rule', '1') },
        { type: 'ResponseHeaderModifier', responseHeaderModifier: { remove: ['server'] } },
        {
          type: 'URLRewrite',
          urlRewrite: {
            hostname: 'inside.example',
            path: { type: 'ReplaceFullPath', replaceFullPath: '/x' },
          },
        },
      ],
      backendRefs: [
        {
          version: 'v2',
          filters: [
            { type: 'RequestHeaderModifier', requestHeaderModifier: set('x-backend', '2') },
            { type: 'ResponseHeaderModifier', responseHeaderModifier: set('server', 'tulle') },
          ],
        },
      ],
    });
    mesh.apply(viewOf('web', two, rules));
    const target = mesh.send('/a?q=1');
    expect(target).toMatchObject({
      backend: { endpoint: { version: 'v2' } },
      request: {
        removed: new Set(['x-rule', 'x-backend']),
        added: 'x-rule: 1\r\nx-backend: 2\r\n',
        authority: 'inside.example',
      },
      response: { removed: new Set(['server']), added: 'server: tulle\r\n' },
    });
    expect(target?.request?.path?.(requestFor('/a?q=1'))).toBe('/x?q=1');
    expect(mesh.send('/b')).toBe(target);
  });

  it('a prefix is replaced as long as it was in the match that held', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({
      matches: [prefix('/old'), prefix('/very/old/')],
      filters: [
        {
          type: 'URLRewrite',
          urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } },
        },
      ],
    });
    mesh.apply(viewOf('web', two, rules));
    for (const [target, expected] of [
      ['/old/a', '/new/a'],
      ['/very/old/a', '/new/a'],
      ['/very/old', '/new'],
    ] as const)
      expect(mesh.send(target)?.request?.path?.(requestFor(target))).toBe(expected);
  });

  it('a redirect is answered and sent nowhere', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({
      matches: [prefix('/old')],
      filters: [
        {
          type: 'RequestRedirect',
          requestRedirect: {
            path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' },
            statusCode: 301,
          },
        },
      ],
    });
    mesh.apply(viewOf('web', two, rules));
    const { redirect } = mesh.decide('/old/a');
    expect(redirect?.status).toBe(301);
    expect(redirect?.location(requestFor('/old/a?q=1'))).toBe('http://web.mesh/new/a?q=1');
    expect(mesh.send('/old/a')).toBeUndefined();
  });
});

it('copies go to services and versions of their own, to none that is not known', () => {
  const mesh = new SpecMesh();
  const rules = rulesOf({
    backendRefs: [{ version: 'v1' }],
    filters: [
      { type: 'RequestMirror', requestMirror: { backendRef: { version: 'v2' }, percent: 5 } },
      { type: 'RequestMirror', requestMirror: { backendRef: { name: 'shop' } } },
      { type: 'RequestMirror', requestMirror: { backendRef: { name: 'gone' } } },
    ],
  });
  expect(mesh.apply(viewOf('web', two, rules), viewOf('shop', [{ port: 3, version: 'v9' }])).missing).toEqual(
    ['gone'],
  );
  const { mirrors } = mesh.decide('/');
  expect(mirrors.map(({ percent }) => percent)).toEqual([5, 100]);
  expect(
    mirrors.map(({ destination }) => destination.pick(pickFor(requestFor('/')))?.backend.endpoint.version),
  ).toEqual(['v2', 'v9']);
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
    mesh.apply(viewOf('web', two, limited('/a', '/bb')));
    const take = (target: string) => mesh.decide(target).rateLimits[0]?.take(requestFor(target), 'caller', 0);
    expect([take('/a'), take('/bb')]).toEqual([0, 0]);
    mesh.apply(viewOf('web', two, limited('/a', '/bb', '/ccc')));
    expect(take('/ccc')).toBeGreaterThan(0);
  });

  it('the circuit and the retry budget of a service, the same for all its rules', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({ matches: [prefix('/a')], retries: { attempts: 5, on: ['server-error'] } });
    const view = (maxRequests: number) =>
      viewOf('web', two, { policy: { connections: { maxRequests }, retries: { attempts: 1 } }, ...rules });
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
    mesh.apply(viewOf('web', two, rulesOf({ name: 'first', backendRefs: [{ name: 'shop' }] })));
    const broken = viewOf('web', two, rulesOf({ name: 'second' }));
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
    const view = viewOf('web', two, { policy: { connections: { maxRequests: 1 } } });
    mesh.apply(view);
    const { circuit } = mesh.decide('/');
    mesh.apply();
    mesh.apply(view);
    expect(mesh.decide('/').circuit).not.toBe(circuit);
  });
});

describe('sticky', () => {
  const user = (name: string) => ({ fields: { 'x-user': name } });
  const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
  const versionOf = (mesh: SpecMesh, name: string) => mesh.send('/', user(name))?.backend.endpoint.version;
  const byUser = { by: 'header' as const, name: 'x-user' };

  it('splits give a user the same version every time, on every agent', () => {
    const [here, there] = [new SpecMesh(), new SpecMesh()];
    for (const mesh of [here, there]) mesh.apply(viewOf('web', two, { ...split(50), sticky: byUser }));
    const versions = users.map((name) => versionOf(here, name));
    expect(users.map((name) => versionOf(here, name))).toEqual(versions);
    expect(users.map((name) => versionOf(there, name))).toEqual(versions);
    expect(new Set(versions)).toEqual(new Set(['v1', 'v2']));
    expect(Math.abs((here.tally(100).get('v1') ?? 0) - 50)).toBeLessThan(5);
  });

  it('rules keep users as the split does, and say by what', () => {
    const mesh = new SpecMesh();
    mesh.apply(viewOf('web', two, { ...split(50), sticky: byUser }));
    const versions = users.map((name) => versionOf(mesh, name));
    mesh.apply(viewOf('web', two, { ...split(50), ...rulesOf({ sticky: byUser }) }));
    expect(users.map((name) => versionOf(mesh, name))).toEqual(versions);
    const backendRefs = [{ version: 'v1' }, { version: 'v2' }];
    mesh.apply(viewOf('web', two, rulesOf({ sticky: byUser, backendRefs })));
    expect(users.map((name) => versionOf(mesh, name))).toEqual(versions);
  });

  it('a version that is away is replaced for the while, and the answer says so beside what a rule adds', () => {
    const mesh = new SpecMesh();
    const rules = rulesOf({
      sticky: byUser,
      filters: [
        { type: 'ResponseHeaderModifier', responseHeaderModifier: { set: [{ name: 'a', value: '1' }] } },
      ],
    });
    const { services } = mesh.apply(viewOf('web', two, { ...split(50), ...rules }));
    const [first] = users.filter((name) => versionOf(mesh, name) === 'v1');
    if (first === undefined) throw new Error('nobody has v1');
    const away = services.get('web')?.backends.find(({ endpoint }) => endpoint.version === 'v1');
    expect(mesh.send('/', user(first))?.response?.added).toBe('a: 1\r\n');
    away?.connectFailed(0);
    expect(mesh.send('/', user(first))).toMatchObject({
      backend: { endpoint: { version: 'v2' } },
      response: { added: 'a: 1\r\nx-tulle-sticky: moved\r\n' },
    });
    away?.connected();
    expect(versionOf(mesh, first)).toBe('v1');
  });
});
