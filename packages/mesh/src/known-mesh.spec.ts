import { expect, test } from 'vitest';
import { hasService, knownVersions } from './known-mesh.ts';
import { type Resource, resourceSchema } from './resource.ts';
import { validateMesh } from './validate-mesh.ts';

const service = (name: string): Resource => resourceSchema.parse({ kind: 'Service', name });
const split = (of: string, version: string): Resource => ({
  kind: 'TrafficSplit',
  service: of,
  weights: [{ version, weight: 100 }],
});
const routeOf = (of: string, ...backendRefs: { name?: string; version?: string; weight?: number }[]) =>
  resourceSchema.parse({ kind: 'Route', service: of, rules: [{ name: 'r', backendRefs }] });

test('a version is known by its instances, endpoints and the rules in force, of its own service alone', () => {
  const endpoint = { host: 'legacy', port: 80, version: 'v0' };
  const declared = resourceSchema.parse({ kind: 'Service', name: 'orders', endpoints: [endpoint] });
  const present = [
    split('orders', 'v2'),
    split('carts', 'v7'),
    routeOf('orders', { version: 'v3' }, { name: 'carts', version: 'v8' }),
    routeOf('carts', { name: 'orders', version: 'v4' }, { name: 'orders' }, { version: 'v9' }),
  ];
  const known = { versions: { orders: ['v1'], carts: ['v6'] }, present };
  expect(knownVersions('orders', [declared], known)).toEqual(['v0', 'v1', 'v2', 'v3', 'v4']);
});

test('rules make no service of the one they are for', () => {
  expect(hasService([split('orders', 'v1'), service('carts')], 'orders')).toBe(false);
  expect(hasService([split('orders', 'v1'), service('orders')], 'orders')).toBe(true);
});

test('a service that nobody names is deleted', () => {
  const rest = [service('carts'), split('carts', 'v1'), routeOf('carts', { version: 'v1' })];
  const known = { versions: { carts: ['v1'] }, present: [service('orders'), ...rest] };
  expect(validateMesh(rest, known)).toEqual([]);
});

test('only those that name a deleted service are told, and told once', () => {
  const naming = routeOf('carts', { name: 'orders' });
  const rest = [service('carts'), split('carts', 'v1'), naming, split('orders', 'v1')];
  const known = { versions: { carts: ['v1'], orders: ['v1'] }, present: [service('orders'), ...rest] };
  expect(validateMesh(rest, known)).toMatchObject([
    { code: 'in_use', message: expect.stringMatching(/named by .*Route\/carts.*; delete them first\.$/) },
  ]);
  expect(validateMesh(rest, known)[0]?.message).not.toContain('TrafficSplit/carts');
});

test('weights that do not sum to 100 are told with their sum', () => {
  const weights = [
    { version: 'v1', weight: 33.33 },
    { version: 'v2', weight: 33.34 },
  ];
  const uneven: Resource = { kind: 'TrafficSplit', service: 'orders', weights };
  const issues = validateMesh([service('orders'), uneven], { versions: { orders: ['v1', 'v2'] } });
  expect(issues.map(({ message }) => message)).toEqual(['Weights must sum to 100, these sum to 66.67.']);
});
