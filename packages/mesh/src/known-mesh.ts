import type { MeshErrorCode, MeshIssue } from './errors.ts';
import type { Resource, ResourceKind } from './resource.ts';
import { routeReferences } from './route-references.ts';

/** What the mesh knows beside the resources to validate. */
export interface KnownMesh {
  /** Versions that instances have joined with, by service; a service stands here even without a resource. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
  /** The resources before this change. */
  readonly present?: readonly Resource[];
}

/** Something wrong between resources, which the schema of one resource cannot see. */
export interface ResourceIssue extends MeshIssue {
  readonly code: MeshErrorCode;
  /** The resource that is wrong; for `in_use` the one that is to be deleted. */
  readonly kind: ResourceKind;
  readonly service: string;
}

export function hasService(resources: readonly Resource[], service: string): boolean {
  return resources.some((resource) => resource.kind === 'Service' && resource.name === service);
}

/** Declared, or known by its instances. */
export function isKnown(service: string, resources: readonly Resource[], known: KnownMesh): boolean {
  return hasService(resources, service) || versionsOf(known, service).length > 0;
}

/**
 * Versions a split or a rule may name: those of instances and static endpoints, and those that traffic is sent to
 * already, so that a version whose instances are gone can still be edited away.
 */
export function knownVersions(service: string, resources: readonly Resource[], known: KnownMesh): string[] {
  const versions = new Set(versionsOf(known, service));
  for (const resource of resources) {
    if (resource.kind !== 'Service' || resource.name !== service) continue;
    for (const endpoint of resource.endpoints) versions.add(endpoint.version);
  }
  for (const resource of known.present ?? []) {
    if (resource.kind === 'TrafficSplit' && resource.service === service)
      for (const { version } of resource.weights) versions.add(version);
    if (resource.kind === 'Route')
      for (const reference of routeReferences(resource.service, resource.rules))
        if (reference.service === service && reference.version !== undefined) versions.add(reference.version);
  }
  return [...versions].sort();
}

function versionsOf(known: KnownMesh, service: string): readonly string[] {
  return Object.hasOwn(known.versions, service) ? (known.versions[service] ?? []) : [];
}
