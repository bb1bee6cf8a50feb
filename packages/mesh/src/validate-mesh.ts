import { everyone } from './access-rule.ts';
import type { MeshErrorCode, MeshIssue } from './errors.ts';
import { hasService, isKnown, type KnownMesh, knownVersions, type ResourceIssue } from './known-mesh.ts';
import { protocolIssues } from './protocol-issues.ts';
import { type Resource, resourceKey, resourceService } from './resource.ts';
import { routeReferences } from './route-references.ts';
import { servicesNamedBy } from './services-named.ts';

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
      ...(resource.kind === 'Route' ? routeIssues(resource, resources, known) : []),
      ...(resource.kind === 'Gateway' ? gatewayIssues(resource, resources, known) : []),
      ...protocolIssues(resource, resources, known),
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
    const users = resources.filter((user) => user.kind !== 'Service' && names(user, service));
    if (users.length === 0) return [];
    const keys = users.map((user) => resourceKey(user.kind, resourceService(user))).join(', ');
    return [
      {
        code: 'in_use',
        kind: 'Service',
        service,
        path: ['name'],
        message: `${service} is still named by ${keys}; delete ${users.length === 1 ? 'it' : 'them'} first.`,
      },
    ];
  });
}

function names(user: Resource, service: string): boolean {
  if (resourceService(user) === service) return true;
  return servicesNamedBy(user).includes(service);
}

function unknownService(
  resource: Resource,
  resources: readonly Resource[],
  known: KnownMesh,
): ResourceIssue[] {
  if (resource.kind === 'Service') return [];
  const { kind, service } = resource;
  // The default is for services that are not known yet, too.
  if (service === everyone) return [];
  if (isKnown(service, resources, known)) return [];
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
  for (const [index, { version }] of split.weights.entries())
    if (!versions.includes(version))
      issues.push(
        issue(
          'unknown_version',
          ['weights', index, 'version'],
          unknownVersionWords(split.service, version, versions),
        ),
      );
  return issues;
}

function unknownVersionWords(service: string, version: string, versions: readonly string[]): string {
  const choice =
    versions.length === 0
      ? 'no version of it is known yet; start an instance first'
      : `known are ${versions.join(', ')}`;
  return `${service} has no version ${version}; ${choice}.`;
}

/** Backends and mirrors that nobody knows. */
function routeIssues(
  route: Extract<Resource, { kind: 'Route' }>,
  resources: readonly Resource[],
  known: KnownMesh,
): ResourceIssue[] {
  return routeReferences(route.service, route.rules).flatMap(({ path, service, version }) => {
    const issue = (code: MeshErrorCode, field: string, message: string): ResourceIssue[] => [
      { code, kind: 'Route', service: route.service, path: ['rules', ...path, field], message },
    ];
    // That the route's own service is unknown is told once.
    if (service !== route.service && !isKnown(service, resources, known)) {
      // A service that this very change deletes is told as `in_use`.
      if (hasService(known.present ?? [], service)) return [];
      return issue('unknown_service', 'name', `The mesh has no service ${service}; declare it first.`);
    }
    if (version === undefined) return [];
    const versions = knownVersions(service, resources, known);
    if (versions.includes(version)) return [];
    return issue('unknown_version', 'version', unknownVersionWords(service, version, versions));
  });
}

/** Hosts that lead nowhere. */
function gatewayIssues(
  { service: own, routes }: Extract<Resource, { kind: 'Gateway' }>,
  resources: readonly Resource[],
  known: KnownMesh,
): ResourceIssue[] {
  return routes.flatMap(({ service }, index) => {
    // That the gateway's own service is unknown is told once, and one that this change deletes as `in_use`.
    const isTold = service === own || hasService(known.present ?? [], service);
    if (isTold || isKnown(service, resources, known)) return [];
    const message = `The mesh has no service ${service}; declare it first.`;
    const path = ['routes', index, 'service'];
    return [{ code: 'unknown_service', kind: 'Gateway', service: own, path, message }];
  });
}
