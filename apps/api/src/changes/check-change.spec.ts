import { type Resource, resourceSchema } from '@tulle/mesh/resource';
import { describe, expect, it } from 'vitest';
import { refuseUnsound } from './check-change.ts';
import { declaredResources, entriesOf, type ResourceEdits } from './edit.ts';
import { fakeFleet, split } from './test-mesh.ts';

const fleet = fakeFleet({ orders: ['v1', 'v2'] });
const service = (name: string, more: object = {}) => resourceSchema.parse({ kind: 'Service', name, ...more });
const routeTo = (name: string) =>
  resourceSchema.parse({ kind: 'Route', service: 'orders', rules: [{ backendRefs: [{ name }] }] });

/** The code it is refused with. */
function refusal(present: readonly Resource[], edits: ResourceEdits): string | undefined {
  const current = declaredResources(present);
  try {
    refuseUnsound(current, entriesOf(current, edits), fleet);
    return undefined;
  } catch (error) {
    return String(Reflect.get(error as object, 'code'));
  }
}

describe('what contradicts the rest of the mesh', () => {
  const flawed = [service('orders'), routeTo('gone')];

  it('stands in the way of an edit of the same resource alone', () => {
    expect(refusal(flawed, { upserts: [split('orders', ['v2', 100])] })).toBeUndefined();
    expect(refusal(flawed, { upserts: [routeTo('vanished')] })).toBe('unknown_service');
    expect(refusal(flawed, { upserts: [routeTo('orders')] })).toBeUndefined();
  });

  it('is found in what the edit names, and in what names it', () => {
    const present = [service('orders'), service('db'), routeTo('db')];
    expect(refusal(present, { upserts: [service('db', { protocol: 'tcp' })] })).toBe('invalid_resource');
    expect(refusal(present, { deletes: [{ kind: 'Service', service: 'db' }] })).toBe('in_use');
    const bytes = [service('orders'), service('db', { protocol: 'tcp' })];
    expect(refusal(bytes, { upserts: [routeTo('db')] })).toBe('invalid_resource');
  });

  it('is gone when one edit changes both', () => {
    const present = [service('orders'), service('db'), routeTo('db')];
    const deletes = [{ kind: 'Service', service: 'db' }] as const;
    expect(refusal(present, { upserts: [routeTo('orders')], deletes })).toBeUndefined();
  });
});
