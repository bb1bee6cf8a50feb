import { describe, expect, test } from 'vitest';
import { type Resource, resourceSchema } from './resource.ts';
import { validateMesh } from './validate-mesh.ts';

const service = (name: string, version?: string): Resource =>
  resourceSchema.parse({
    kind: 'Service',
    name,
    endpoints: version ? [{ host: 'legacy', port: 80, version }] : [],
  });
const split = (...weights: [string, number][]): Resource => ({
  kind: 'TrafficSplit',
  service: 'orders',
  weights: weights.map(([version, weight]) => ({ version, weight })),
});

test('a sound mesh has no issues', () => {
  const resources = [service('orders', 'v0'), split(['v1', 90], ['v0', 10])];
  expect(validateMesh(resources, { versions: { orders: ['v1'] } })).toEqual([]);
});

test('a split names only versions that somebody knows', () => {
  const [issue, ...more] = validateMesh([service('orders'), split(['v1', 50], ['v9', 50])], {
    versions: { orders: ['v2', 'v1'] },
  });
  expect(more).toEqual([]);
  expect(issue).toEqual({
    code: 'unknown_version',
    kind: 'TrafficSplit',
    service: 'orders',
    path: ['weights', 1, 'version'],
    message: 'orders has no version v9; known are v1, v2.',
  });
});

test('a version whose instances are gone stays editable while the present split names it', () => {
  const present = [service('orders'), split(['v1', 50], ['v2', 50])];
  const resources = [service('orders'), split(['v1', 100], ['v2', 0])];
  expect(validateMesh(resources, { versions: { orders: ['v1'] }, present })).toEqual([]);
});

test('rules for a service nobody knows are refused', () => {
  const issues = validateMesh([split(['v1', 100])], { versions: {} });
  expect(issues.map((issue) => issue.code)).toEqual(['unknown_service', 'unknown_version']);
  expect(issues[1]?.message).toContain('no version of it is known yet');
});

test('a service with instances needs no resource, and names of Object.prototype are no services', () => {
  expect(validateMesh([split(['v1', 100])], { versions: { orders: ['v1'] } })).toEqual([]);
  const rule: Resource = { kind: 'AccessRule', service: 'constructor', allow: [] };
  expect(validateMesh([rule], { versions: {} }).map((issue) => issue.code)).toEqual(['unknown_service']);
});

test('a service that others still name is not deleted', () => {
  const present = [service('orders'), split(['v1', 100])];
  const issues = validateMesh([split(['v1', 100])], { versions: { orders: ['v1'] }, present });
  expect(issues).toMatchObject([{ code: 'in_use', kind: 'Service', service: 'orders' }]);
  expect(issues[0]?.message).toBe('orders is still named by TrafficSplit/orders; delete it first.');
});

test('weights are summed and keys are unique', () => {
  const issues = validateMesh([service('orders'), service('orders'), split(['v1', 99.5])], {
    versions: { orders: ['v1'] },
  });
  expect(issues.map((issue) => issue.code)).toEqual(['already_exists', 'weights_not_100']);
});

const route = (...rules: object[]): Resource =>
  resourceSchema.parse({ kind: 'Route', service: 'orders', rules });
const speaking = (name: string, protocol: string): Resource =>
  resourceSchema.parse({ kind: 'Service', name, protocol });
const policy = (fields: object): Resource =>
  resourceSchema.parse({ kind: 'Policy', service: 'orders', ...fields });
const told = (resources: Resource[], known: Parameters<typeof validateMesh>[1]) =>
  validateMesh(resources, known).map(({ code, kind, service, path, message }) => [
    code,
    `${kind}/${service}`,
    path.join('.'),
    message,
  ]);

test('rules name services and versions that somebody knows', () => {
  const mirror = (backendRef: object) => ({
    filters: [{ type: 'RequestMirror', requestMirror: { backendRef } }],
  });
  const resources = [
    service('orders', 'v1'),
    service('legacy', 'v0'),
    route(
      {
        name: 'a',
        matches: [{ method: 'GET' }],
        backendRefs: [{ version: 'v1' }, { name: 'legacy' }, { name: 'nobody', version: 'v1' }],
      },
      { name: 'b', ...mirror({ name: 'legacy', version: 'v9' }), backendRefs: [{ version: 'v9' }] },
    ),
  ];
  expect(told(resources, { versions: {} })).toEqual([
    [
      'unknown_service',
      'Route/orders',
      'rules.0.backendRefs.2.name',
      'The mesh has no service nobody; declare it first.',
    ],
    [
      'unknown_version',
      'Route/orders',
      'rules.1.filters.0.requestMirror.backendRef.version',
      'legacy has no version v9; known are v0.',
    ],
    [
      'unknown_version',
      'Route/orders',
      'rules.1.backendRefs.0.version',
      'orders has no version v9; known are v1.',
    ],
  ]);
  // Instances are enough, and what the present rules name can still be edited.
  expect(told(resources, { versions: { nobody: ['v1'], legacy: ['v9'] }, present: resources })).toEqual([]);
});

test('a service that rules of another one name is not deleted', () => {
  const present = [service('orders'), service('legacy', 'v0'), route({ backendRefs: [{ name: 'legacy' }] })];
  expect(
    told([service('orders'), route({ backendRefs: [{ name: 'legacy' }] })], { versions: {}, present }),
  ).toEqual([
    ['in_use', 'Service/legacy', 'name', 'legacy is still named by Route/orders; delete it first.'],
  ]);
});

test('what reads HTTP is not asked of services that speak bytes', () => {
  const rules = route({ backendRefs: [{ name: 'db' }, { name: 'orders' }] });
  expect(told([speaking('orders', 'grpc'), speaking('db', 'tcp'), rules], { versions: {} })).toEqual([
    [
      'invalid_resource',
      'Route/orders',
      'rules.0.backendRefs.0.name',
      'db speaks tcp, so it cannot take requests of orders.',
    ],
  ]);
  expect(told([speaking('orders', 'tls'), route({})], { versions: {} })).toMatchObject([
    ['invalid_resource', 'Route/orders', 'rules', 'orders speaks tls, and rules read HTTP.'],
  ]);
  const limited = policy({
    rateLimits: [{ requests: 1 }],
    healthCheck: {},
    loadBalancer: { algorithm: 'consistentHash', hashKey: { by: 'cookie', name: 'a' } },
  });
  expect(told([speaking('orders', 'tcp'), limited], { versions: {} }).map(([, , path]) => path)).toEqual([
    'healthCheck.type',
    'rateLimits',
    'loadBalancer.hashKey',
  ]);
  const sticky = resourceSchema.parse({ ...split(['v1', 100]), sticky: { by: 'header', name: 'x-user' } });
  expect(told([speaking('orders', 'tcp'), sticky], { versions: { orders: ['v1'] } })).toMatchObject([
    ['invalid_resource', 'TrafficSplit/orders', 'sticky', expect.stringContaining('only `by: source`')],
  ]);
  expect(
    told([speaking('orders', 'http'), policy({ healthCheck: { type: 'grpc' } })], { versions: {} }),
  ).toMatchObject([
    ['invalid_resource', 'Policy/orders', 'healthCheck.type', expect.stringContaining('gRPC needs HTTP/2')],
  ]);
  const wrapped = resourceSchema.parse({
    kind: 'Service',
    name: 'orders',
    protocol: 'tls',
    tlsOrigination: {},
  });
  expect(told([wrapped], { versions: {} })).toMatchObject([
    ['invalid_resource', 'Service/orders', 'tlsOrigination', expect.any(String)],
  ]);
  // A policy of defaults asks nothing of HTTP.
  expect(
    told([speaking('orders', 'tcp'), policy({ healthCheck: { type: 'tcp' } })], { versions: {} }),
  ).toEqual([]);
});

test('a protocol that changes under its rules is told of the service', () => {
  const present = [speaking('orders', 'http'), route({})];
  expect(told([speaking('orders', 'tcp'), route({})], { versions: {}, present })).toEqual([
    [
      'invalid_resource',
      'Service/orders',
      'protocol',
      'Route/orders stands in the way: orders speaks tcp, and rules read HTTP.',
    ],
  ]);
});

describe('a gateway', () => {
  const gateway = (...services: string[]): Resource => ({
    kind: 'Gateway',
    service: 'edge',
    routes: services.map((name, at) => ({ hostnames: [`${at}.example.com`], service: name })),
  });

  test('leads to services that are there', () => {
    const resources = [service('edge'), service('shop'), gateway('shop', 'edge', 'cart')];
    expect(validateMesh(resources, { versions: { cart: ['v1'] } })).toEqual([]);
    expect(validateMesh(resources, { versions: {} })).toEqual([
      {
        code: 'unknown_service',
        kind: 'Gateway',
        service: 'edge',
        path: ['routes', 2, 'service'],
        message: 'The mesh has no service cart; declare it first.',
      },
    ]);
  });

  test('runs as a service that is there', () => {
    expect(validateMesh([service('shop'), gateway('shop')], { versions: {} })).toMatchObject([
      { code: 'unknown_service', service: 'edge', path: ['service'] },
    ]);
  });

  test('keeps the services it leads to', () => {
    const present = [service('edge'), service('shop'), gateway('shop')];
    expect(validateMesh([service('edge'), gateway('shop')], { versions: {}, present })).toMatchObject([
      { code: 'in_use', service: 'shop', message: 'shop is still named by Gateway/edge; delete it first.' },
    ]);
  });

  test('leads to no bytes', () => {
    const bytes: Resource = resourceSchema.parse({ kind: 'Service', name: 'db', protocol: 'tcp' });
    expect(validateMesh([service('edge'), bytes, gateway('db')], { versions: {} })).toMatchObject([
      {
        code: 'invalid_resource',
        kind: 'Gateway',
        path: ['routes', 0, 'service'],
        message: 'db speaks tcp, and a gateway lets in HTTP.',
      },
    ]);
  });
});
