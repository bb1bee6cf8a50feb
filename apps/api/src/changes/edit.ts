import { MeshError } from '@tulle/mesh/errors';
import {
  type Resource,
  type ResourceKind,
  resourceKey,
  resourceSchema,
  resourceService,
} from '@tulle/mesh/resource';
import { canonicalJson } from '@tulle/mesh/snapshot';
import type { EntryRow } from './entry-row.ts';

export interface ResourceName {
  readonly kind: ResourceKind;
  readonly service: string;
}

/** What an edit asks for; a resource that is named twice is refused. */
export interface ResourceEdits {
  readonly upserts?: readonly Resource[];
  readonly deletes?: readonly ResourceName[];
}

/** The declared resources, by kind and service. */
export interface DeclaredResources {
  all(): readonly Resource[];
  find<K extends ResourceKind>(kind: K, service: string): Extract<Resource, { kind: K }> | undefined;
}

export function declaredResources(resources: readonly Resource[]): DeclaredResources {
  const byKey = new Map(
    resources.map((resource) => [resourceKey(resource.kind, resourceService(resource)), resource]),
  );
  return {
    all: () => resources,
    find: <K extends ResourceKind>(kind: K, service: string) => {
      const found = byKey.get(resourceKey(kind, service));
      return found && isOfKind(found, kind) ? found : undefined;
    },
  };
}

function isOfKind<K extends ResourceKind>(
  resource: Resource,
  kind: K,
): resource is Extract<Resource, { kind: K }> {
  return resource.kind === kind;
}

/** What an edit really changes: resources that stay as they are leave no entry. Sorted by service and kind. */
export function entriesOf(current: DeclaredResources, edits: ResourceEdits): EntryRow[] {
  const entries = new Map<string, EntryRow>();
  const add = ({ kind, service }: ResourceName, after: Resource | null) => {
    const key = resourceKey(kind, service);
    if (entries.has(key)) {
      throw new MeshError('already_exists', `${key} stands twice in one change; keep one of them.`);
    }
    entries.set(key, { kind, service, before: current.find(kind, service) ?? null, after });
  };
  for (const resource of edits.upserts ?? []) {
    const valid = parseResource(resource);
    add({ kind: valid.kind, service: resourceService(valid) }, valid);
  }
  for (const name of edits.deletes ?? []) add(name, null);
  return [...entries.values()]
    .filter(({ before, after }) => meaning(before) !== meaning(after))
    .sort((a, b) => compareText(`${a.service} ${a.kind}`, `${b.service} ${b.kind}`));
}

/** Equal text for resources that say the same: the order of versions and of callers means nothing. */
function meaning(resource: Resource | null): string {
  if (resource?.kind === 'TrafficSplit') {
    const weights = resource.weights.toSorted((a, b) => compareText(a.version, b.version));
    return canonicalJson({ ...resource, weights });
  }
  if (resource?.kind === 'AccessRule') {
    return canonicalJson({ ...resource, allow: [...new Set(resource.allow)].sort(compareText) });
  }
  return canonicalJson(resource);
}

/** Typed callers have parsed already, but nothing is stored that its schema would not take back. */
function parseResource(resource: Resource): Resource {
  const parsed = resourceSchema.safeParse(resource);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === 'symbol' ? String(step) : step)),
    message,
  }));
  const [first] = issues;
  const where = first && first.path.length > 0 ? `${first.path.join('.')}: ` : '';
  const key = resourceKey(resource.kind, resourceService(resource));
  throw new MeshError('invalid_resource', `${key} is not valid: ${where}${first?.message ?? 'unknown'}.`, {
    issues,
  });
}

/** The resources of some services after the change. */
export function resourcesAfter(
  current: DeclaredResources,
  entries: readonly EntryRow[],
  services: ReadonlySet<string>,
): Resource[] {
  const touched = new Set(entries.map(({ kind, service }) => resourceKey(kind, service)));
  const kept = current
    .all()
    .filter((resource) => services.has(resourceService(resource)))
    .filter((resource) => !touched.has(resourceKey(resource.kind, resourceService(resource))));
  return [...kept, ...entries.flatMap(({ after }) => after ?? [])];
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
