import { readFileSync } from 'node:fs';
import { type Resource, resourceKey, resourceService } from '@tulle/mesh/resource';
import { parseAllDocuments } from 'yaml';
import type { ApiClient } from '../api-client.ts';

/**
 * Applies the documents of a file whose resources are not declared yet: what a person changed since the first start
 * stays changed.
 */
export async function applyMissing(api: ApiClient, file: string, reason: string): Promise<void> {
  const missing = await missingDocuments(api, file);
  if (missing.length === 0) return;
  const yaml = missing.map((document) => document.toString({ directives: true })).join('');
  await api.resources.applyYaml.mutate({ yaml, reason });
}

export async function anyMissing(api: ApiClient, file: string): Promise<boolean> {
  return (await missingDocuments(api, file)).length > 0;
}

async function missingDocuments(api: ApiClient, file: string) {
  const { resources } = await api.resources.list.query({});
  const present = new Set(resources.map((resource) => resourceKey(resource.kind, resourceService(resource))));
  return parseAllDocuments(readFileSync(file, 'utf8')).filter((document) => {
    const { kind, name, service }: { kind: Resource['kind']; name?: string; service?: string } =
      document.toJS();
    return !present.has(resourceKey(kind, service ?? name ?? ''));
  });
}
