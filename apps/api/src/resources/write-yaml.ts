import type { Resource } from '@tulle/mesh/resource';
import { stringify } from 'yaml';

/** Lists of a Route that are empty by default; those that mean something when empty are not among them. */
const emptyLists = new Set([
  'matches',
  'filters',
  'backendRefs',
  'headers',
  'queryParams',
  'cookies',
  'set',
  'add',
  'remove',
]);

/** Resources as documents that `readYaml` takes in again; empty text for none. */
export function writeYaml(resources: readonly Resource[]): string {
  // Without folding, so that long reasons stay on one line and files can be compared line by line.
  return resources
    .map((resource) =>
      stringify(resource, resource.kind === 'Route' ? withoutEmptyLists : null, { lineWidth: 0 }),
    )
    .join('---\n');
}

/** Most matches say one thing: the others would hide it. */
function withoutEmptyLists(key: unknown, value: unknown): unknown {
  const isEmpty = Array.isArray(value) && value.length === 0;
  return isEmpty && typeof key === 'string' && emptyLists.has(key) ? undefined : value;
}
