import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { viewOf } from '../specs/planes.ts';
import { pickFor, prefix, rulesOf, SpecMesh, splitOf, twoVersions } from './mesh.spec-support.ts';
import { requestFor } from './request.spec-support.ts';

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
      mesh.apply(viewOf('web', twoVersions, { ...splitOf(50), ...rules }));
      v1 += mesh.tally(1).get('v1') ?? 0;
    }
    expect(Math.abs(v1 - 700)).toBeLessThan(5);
  });

  it('may be another service, by its own split and identity, under the policy of the one that was asked for', () => {
    const mesh = new SpecMesh();
    const web = viewOf('web', twoVersions, {
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
    expect(mesh.decide('/slow')).toMatchObject({ timeouts: { requestMs: 999, idleMs: 300_000 } });
    expect(missing).toEqual([]);
  });

  it('that are not known fail for their weight, until their view comes', () => {
    const mesh = new SpecMesh();
    const web = viewOf(
      'web',
      twoVersions,
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
    const { services } = mesh.apply(viewOf('web', twoVersions, rules));
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
    const failed = mesh.apply(viewOf('web', twoVersions, rules)).services.get('web')?.backends[0];
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
    const backend = mesh.apply(viewOf('web', twoVersions, rules)).services.get('web')?.backends[1];
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
    mesh.apply(viewOf('web', twoVersions, rules));
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
    mesh.apply(viewOf('web', twoVersions, rules));
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
    mesh.apply(viewOf('web', twoVersions, rules));
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
  expect(
    mesh.apply(viewOf('web', twoVersions, rules), viewOf('shop', [{ port: 3, version: 'v9' }])).missing,
  ).toEqual(['gone']);
  const { mirrors } = mesh.decide('/');
  expect(mirrors.map(({ percent }) => percent)).toEqual([5, 100]);
  expect(
    mirrors.map(({ destination }) => destination.pick(pickFor(requestFor('/')))?.backend.endpoint.version),
  ).toEqual(['v2', 'v9']);
});

describe('sticky', () => {
  const user = (name: string) => ({ fields: { 'x-user': name } });
  const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
  const versionOf = (mesh: SpecMesh, name: string) => mesh.send('/', user(name))?.backend.endpoint.version;
  const byUser = { by: 'header' as const, name: 'x-user' };

  it('splits give a user the same version every time, on every agent', () => {
    const [here, there] = [new SpecMesh(), new SpecMesh()];
    for (const mesh of [here, there])
      mesh.apply(viewOf('web', twoVersions, { ...splitOf(50), sticky: byUser }));
    const versions = users.map((name) => versionOf(here, name));
    expect(users.map((name) => versionOf(here, name))).toEqual(versions);
    expect(users.map((name) => versionOf(there, name))).toEqual(versions);
    expect(new Set(versions)).toEqual(new Set(['v1', 'v2']));
    expect(Math.abs((here.tally(100).get('v1') ?? 0) - 50)).toBeLessThan(5);
  });

  it('rules keep users as the split does, and say by what', () => {
    const mesh = new SpecMesh();
    mesh.apply(viewOf('web', twoVersions, { ...splitOf(50), sticky: byUser }));
    const versions = users.map((name) => versionOf(mesh, name));
    mesh.apply(viewOf('web', twoVersions, { ...splitOf(50), ...rulesOf({ sticky: byUser }) }));
    expect(users.map((name) => versionOf(mesh, name))).toEqual(versions);
    const backendRefs = [{ version: 'v1' }, { version: 'v2' }];
    mesh.apply(viewOf('web', twoVersions, rulesOf({ sticky: byUser, backendRefs })));
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
    const { services } = mesh.apply(viewOf('web', twoVersions, { ...splitOf(50), ...rules }));
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
