import type { ServiceView } from '@tulle/mesh/service-view';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { viewOf } from '../specs/planes.ts';
import { pickFor, rulesOf, SpecMesh } from './mesh.spec-support.ts';
import { requestFor } from './request.spec-support.ts';
import type { Target } from './route-decision.ts';
import { movedField } from './sticky-choice.ts';

const sticky = { by: 'session' as const, name: 'tulle' };
const endpoints = [
  { port: 1, version: 'v1' },
  { port: 2, version: 'v1' },
  { port: 3, version: 'v2' },
  { port: 4, version: 'v2' },
];
const weightsOf = (v2: number) => ({
  weights: [
    { version: 'v1', weight: 100 - v2 },
    { version: 'v2', weight: v2 },
  ],
});
const web = (v2: number, more: Partial<ServiceView> = {}) =>
  viewOf('web', endpoints, { ...weightsOf(v2), sticky, ...more });

/** The value of the cookie that the answer of a target issues. */
function issued(target: Target | undefined): string | undefined {
  return /set-cookie: tulle=([^;\r]*)/.exec(target?.response?.added ?? '')?.[1];
}

/** As a browser comes back. */
function comeBack(mesh: SpecMesh, value: string | undefined): Target | undefined {
  return mesh.send('/', { fields: { cookie: `other=1; tulle=${value}` } });
}

it('names what answered in a cookie that tells no address, and finds it again', () => {
  const mesh = new SpecMesh();
  mesh.apply(web(50));
  for (let count = 0; count < 50; count++) {
    const first = mesh.send('/');
    const value = issued(first);
    expect(first?.response?.added).toMatch(
      /^set-cookie: tulle=[0-9a-z]+\.[0-9a-z]+; Path=\/; HttpOnly; SameSite=Lax\r\ncache-control: private\r\n$/,
    );
    const again = comeBack(mesh, value);
    expect(again?.backend).toBe(first?.backend);
    expect(again?.response).toBeUndefined();
  }
});

it('says how long the cookie is kept, where that was asked for', () => {
  const mesh = new SpecMesh();
  mesh.apply(web(50, { sticky: { ...sticky, lifetimeMs: 3_600_500 } }));
  expect(mesh.send('/')?.response?.added).toContain('; SameSite=Lax; Max-Age=3600\r\n');
});

it.each<[string, Partial<typeof sticky & { path: string; secure: boolean }>, string, string]>([
  ['in plain text', {}, 'http', '; Path=/; HttpOnly; SameSite=Lax'],
  ['where nobody says', {}, '', '; Path=/; HttpOnly; SameSite=Lax'],
  ['by TLS', {}, 'https', '; Path=/; HttpOnly; SameSite=Lax; Secure'],
  ['where it is asked for', { secure: true }, 'http', '; Path=/; HttpOnly; SameSite=Lax; Secure'],
  ['where it is not wanted', { secure: false }, 'https', '; Path=/; HttpOnly; SameSite=Lax'],
  ['for a path', { path: '/shop/' }, 'http', '; Path=/shop/; HttpOnly; SameSite=Lax'],
])('says who may have the cookie %s', (_what, more, scheme, attributes) => {
  const mesh = new SpecMesh();
  mesh.apply(web(50, { sticky: { ...sticky, ...more } }));
  const head = requestFor('/');
  for (const of of ['https', 'http', scheme]) {
    head.scheme = of;
    for (let count = 0; count < 20; count++) mesh.decide('/').destination.pick(pickFor(head));
  }
  const target = mesh.decide('/').destination.pick(pickFor(head));
  expect(target?.response?.added.match(/^set-cookie: tulle=[^;]*(.*)\r$/m)?.[1]).toBe(attributes);
});

it('keeps a name that is for secure cookies alone', () => {
  for (const name of ['__Host-tulle', '__Secure-tulle']) {
    const mesh = new SpecMesh();
    mesh.apply(web(50, { sticky: { ...sticky, name } }));
    expect(mesh.send('/')?.response?.added).toContain('; SameSite=Lax; Secure\r\n');
  }
});

it('moves nobody when weights change, on any agent, as long as the version has one', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), (before, after) => {
      const [here, there] = [new SpecMesh(), new SpecMesh()];
      here.apply(web(before));
      there.apply(web(after));
      for (let count = 0; count < 20; count++) {
        const first = here.send('/');
        expect(comeBack(there, issued(first))?.backend.endpoint).toEqual(first?.backend.endpoint);
      }
    }),
    { numRuns: 30 },
  );
});

it('takes everybody back from a version that lost its weight, and says so', () => {
  const mesh = new SpecMesh();
  mesh.apply(web(100));
  const value = issued(mesh.send('/'));
  mesh.apply(web(0));
  const target = comeBack(mesh, value);
  expect(target?.backend.endpoint.version).toBe('v1');
  expect(target?.response?.added).toContain(movedField);
  expect(comeBack(mesh, issued(target))?.backend).toBe(target?.backend);
});

it('an endpoint that is away, gone or has just failed gives its sessions to another of its version', () => {
  const mesh = new SpecMesh();
  mesh.apply(web(50));
  const first = mesh.send('/');
  const backend = first?.backend;
  const value = issued(first);
  const fields = { cookie: `tulle=${value}` };
  const retried = mesh.decide('/').destination.pick(pickFor(requestFor('/', { fields }), backend));
  backend?.setHealth(false, 'spec', 0);
  const unwell = comeBack(mesh, value);
  mesh.apply(web(50, { endpoints: web(50).endpoints.filter(({ id }) => id !== backend?.endpoint.id) }));
  const gone = comeBack(mesh, value);
  for (const target of [retried, unwell, gone]) {
    expect(target?.backend).not.toBe(backend);
    expect(target?.backend.endpoint.version).toBe(backend?.endpoint.version);
    expect(target?.response?.added).toContain(movedField);
    expect(issued(target)).not.toBe(value);
  }
});

it('a value that nobody issued begins a session by weight', () => {
  const mesh = new SpecMesh();
  mesh.apply(web(0));
  for (const value of ['', 'x', '.', '__proto__.x', 'a.b.c', '"quoted"']) {
    const target = comeBack(mesh, value);
    expect(target?.backend.endpoint.version).toBe('v1');
    expect(issued(target)).toBeDefined();
  }
});

it('holds for the backends of a rule, with what the rule changes in answers', () => {
  const filters = [
    {
      type: 'ResponseHeaderModifier' as const,
      responseHeaderModifier: { set: [{ name: 'x-rule', value: 'y' }] },
    },
  ];
  const rules = rulesOf({
    sticky,
    filters,
    backendRefs: [
      { name: 'web', weight: 1 },
      { name: 'shop', weight: 1 },
    ],
  });
  const mesh = new SpecMesh();
  mesh.apply(web(50, { ...rules }), viewOf('shop', [{ port: 5, version: 'v1' }]));
  const seen = new Set<string>();
  for (let count = 0; count < 50; count++) {
    const first = mesh.send('/');
    const added = first?.response?.added ?? '';
    expect(added.match(/set-cookie/g)).toHaveLength(1);
    expect(added).toContain('x-rule: y\r\n');
    const again = comeBack(mesh, issued(first));
    expect(again?.backend).toBe(first?.backend);
    expect(again?.response?.added).toBe('x-rule: y\r\n');
    seen.add(first?.backend.endpoint.port === 5 ? 'shop' : 'web');
  }
  expect(seen.size).toBe(2);
});
