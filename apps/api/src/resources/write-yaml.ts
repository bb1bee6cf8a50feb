import type { Resource } from '@tulle/mesh/resource';
import { stringify } from 'yaml';

/** Resources as documents that `readYaml` takes in again; empty text for none. */
export function writeYaml(resources: readonly Resource[]): string {
  // Without folding, so that long reasons stay on one line and files can be compared line by line.
  return resources.map((resource) => stringify(resource, { lineWidth: 0 })).join('---\n');
}
