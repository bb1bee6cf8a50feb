import type { MeshErrorCode, MeshIssue } from './errors.ts';
import { type Resource, type ResourceKind, resourceKey, resourceService } from './resource.ts';

/** Something wrong between resources, which the schema of one resource cannot see. */
export interface ResourceIssue extends MeshIssue {
  readonly code: MeshErrorCode;
  /** The resource that is wrong; for `in_use` the one that is to be deleted. */
  readonly kind: ResourceKind;
  readonly service: string;
}

/** What the mesh knows beside the resources to validate. */
export interface KnownMesh {
  /** Versions that instances have joined with, by service; a service stands here even without a resource. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** The resources before this change. */
  readonly present?: readonly Resource[];
}

/**
 * Checks what a mesh would be after a change, all resources together. Empty when it is sound. An access rule may
 * name callers that do not exist yet, so that it can stand before they come.
 */
export function validateMesh(resources: readonly Resource[], known: KnownMesh): ResourceIssue[] {
  return [
    ...duplicates(resources),
    ...deletedButNamed(resources, known),
    ...resources.flatMap((resource) => [
      ...unknownService(resource, resources, known),
      ...(resource.kind === 'TrafficSplit' ? splitIssues(resource, resources, known) : []),
    ]),
  ];
}

function duplicates(resources: readonly Resource[]): ResourceIssue[] {
  const seen = new Set<string>();
  const issues: ResourceIssue[] = [];
  for (const resource of resources) {
    const service = resourceService(resource);
    const key = resourceKey(resource.kind, service);
    if (seen.has(key)) {
      issues.push({
        code: 'already_exists',
        kind: resource.kind,
        service,
        path: [],
        message: `${key} stands here twice; keep one of them.`,
      });
    }
    seen.add(key);
  }
  return issues;
}

function deletedButNamed(resources: readonly Resource[], known: KnownMesh): ResourceIssue[] {
  const deleted = (known.present ?? []).filter(
    (resource) => resource.kind === 'Service' && !hasService(resources, resource.name),
  );
  return deleted.flatMap((resource) => {
    const service = resourceService(resource);
    const users = resources.filter((user) => user.kind !== 'Service' && user.service === service);
    if (users.length === 0) return [];
    const names = users.map((user) => resourceKey(user.kind, service)).join(', ');
    return [
      {
        code: 'in_use',
        kind: 'Service',
        service,
        path: ['name'],
        message: `${service} is still named by ${names}; delete ${users.length === 1 ? 'it' : 'them'} first.`,
      },
    ];
  });
}

function unknownService(
  resource: Resource,
  resources: readonly Resource[],
  known: KnownMesh,
): ResourceIssue[] {
  if (resource.kind === 'Service') return [];
  const { kind, service } = resource;
  if (hasService(resources, service) || versionsOf(known, service).length > 0) return [];
  // A service that this very change deletes is told once, as `in_use`.
  if (hasService(known.present ?? [], service)) return [];
  return [
    {
      code: 'unknown_service',
      kind,
      service,
      path: ['service'],
      message: `The mesh has no service ${service}; declare it first, or start an instance of it.`,
    },
  ];
}

function splitIssues(
  split: Extract<Resource, { kind: 'TrafficSplit' }>,
  resources: readonly Resource[],
  known: KnownMesh,
): ResourceIssue[] {
  const issue = (code: MeshErrorCode, path: MeshIssue['path'], message: string): ResourceIssue => ({
    code,
    kind: 'TrafficSplit',
    service: split.service,
    path,
    message,
  });
  const issues: ResourceIssue[] = [];

  const hundredths = split.weights.reduce((sum, { weight }) => sum + Math.round(weight * 100), 0);
  if (hundredths !== 10_000) {
    issues.push(
      issue('weights_not_100', ['weights'], `Weights must sum to 100, these sum to ${hundredths / 100}.`),
    );
  }

  const versions = knownVersions(split.service, resources, known);
  for (const [index, { version }] of split.weights.entries()) {
    if (versions.includes(version)) continue;
    const choice =
      versions.length === 0
        ? 'no version of it is known yet; start an instance first'
        : `known are ${versions.join(', ')}`;
    issues.push(
      issue(
        'unknown_version',
        ['weights', index, 'version'],
        `${split.service} has no version ${version}; ${choice}.`,
      ),
    );
  }
  return issues;
}

/**
 * Versions a split of the service may name: those of instances and static endpoints, and those it sends traffic
 * to already, so that a version whose instances are gone can still be edited away.
 */
export function knownVersions(service: string, resources: readonly Resource[], known: KnownMesh): string[] {
  const versions = new Set(versionsOf(known, service));
  for (const resource of resources) {
    if (resource.kind !== 'Service' || resource.name !== service) continue;
    for (const endpoint of resource.endpoints) versions.add(endpoint.version);
  }
  for (const resource of known.present ?? []) {
    if (resource.kind !== 'TrafficSplit' || resource.service !== service) continue;
    for (const { version } of resource.weights) versions.add(version);
  }
  return [...versions].sort();
}

function hasService(resources: readonly Resource[], service: string): boolean {
  return resources.some((resource) => resource.kind === 'Service' && resource.name === service);
}

function versionsOf(known: KnownMesh, service: string): readonly string[] {
  return Object.hasOwn(known.versions, service) ? (known.versions[service] ?? []) : [];
}
