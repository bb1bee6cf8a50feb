import { expect, test } from 'vitest';
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
