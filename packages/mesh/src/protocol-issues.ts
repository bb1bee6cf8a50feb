import type { KnownMesh, ResourceIssue } from './known-mesh.ts';
import type { HashKey } from './load-balancer.ts';
import type { Policy } from './policy.ts';
import { type Resource, resourceKey, resourceService } from './resource.ts';
import { routeReferences } from './route-references.ts';
import type { Protocol } from './service.ts';
import { canonicalJson } from './snapshot.ts';
import type { Sticky } from './sticky.ts';

interface Finding {
  /** The service whose protocol it is about. */
  readonly service: string;
  readonly path: ResourceIssue['path'];
  readonly message: string;
}

/**
 * What a resource asks of HTTP where a service speaks only bytes. Told of the Service when its protocol is what
 * changes, so that nobody looks for a mistake in a resource that stays as it was.
 */
export function protocolIssues(
  resource: Resource,
  resources: readonly Resource[],
  known: KnownMesh,
): ResourceIssue[] {
  const protocolOf = (service: string) => declaredProtocol(service, resources);
  return findings(resource, protocolOf).map(({ service, path, message }) => {
    const { kind } = resource;
    const own = {
      code: 'invalid_resource',
      kind,
      service: resourceService(resource),
      path,
      message,
    } as const;
    const present = known.present ?? [];
    const isOld = present.some((before) => canonicalJson(before) === canonicalJson(resource));
    if (!isOld || declaredProtocol(service, present) === protocolOf(service)) return own;
    const key = resourceKey(kind, resourceService(resource));
    return {
      ...own,
      kind: 'Service',
      service,
      path: ['protocol'],
      message: `${key} stands in the way: ${message}`,
    };
  });
}

function declaredProtocol(service: string, resources: readonly Resource[]): Protocol {
  const declared = resources.find((one) => one.kind === 'Service' && one.name === service);
  return declared?.kind === 'Service' ? declared.protocol : 'http';
}

function isBytes(protocol: Protocol): boolean {
  return protocol === 'tcp' || protocol === 'tls';
}

function findings(resource: Resource, protocolOf: (service: string) => Protocol): Finding[] {
  const service = resourceService(resource);
  const protocol = protocolOf(service);
  const speaks = `${service} speaks ${protocol}`;
  switch (resource.kind) {
    case 'Service':
      if (protocol !== 'tls' || resource.tlsOrigination === undefined) return [];
      return [
        {
          service,
          path: ['tlsOrigination'],
          message: `${speaks}, which is passed through as it is; with tlsOrigination it is http or tcp.`,
        },
      ];
    case 'Route':
      if (isBytes(protocol))
        return [{ service, path: ['rules'], message: `${speaks}, and rules read HTTP.` }];
      return routeReferences(service, resource.rules)
        .filter((reference) => isBytes(protocolOf(reference.service)))
        .map((reference) => ({
          service: reference.service,
          path: ['rules', ...reference.path, 'name'],
          message: `${reference.service} speaks ${protocolOf(reference.service)}, so it cannot take requests of ${service}.`,
        }));
    case 'TrafficSplit':
      if (!isBytes(protocol) || !readsHttp(resource.sticky)) return [];
      return [
        {
          service,
          path: ['sticky'],
          message: `${speaks}, which has no headers; only \`by: source\` can be sticky.`,
        },
      ];
    case 'Policy':
      return policyFindings(resource, protocol, speaks);
    case 'Gateway':
      return resource.routes.flatMap((route, index) => {
        const spoken = protocolOf(route.service);
        if (!isBytes(spoken)) return [];
        const path = ['routes', index, 'service'];
        return [
          {
            service: route.service,
            path,
            message: `${route.service} speaks ${spoken}, and a gateway lets in HTTP.`,
          },
        ];
      });
    case 'AccessRule':
      return [];
  }
}

function policyFindings(
  { service, healthCheck, rateLimits, loadBalancer }: Policy,
  protocol: Protocol,
  speaks: string,
): Finding[] {
  const found: Finding[] = [];
  const add = (path: string[], message: string) => found.push({ service, path, message });
  if (healthCheck?.type === 'grpc' && protocol === 'http')
    add(['healthCheck', 'type'], `${speaks}, and gRPC needs HTTP/2; declare the service as grpc or http2.`);
  if (!isBytes(protocol)) return found;
  if (healthCheck !== undefined && healthCheck.type !== 'tcp')
    add(['healthCheck', 'type'], `${speaks}, so only the type tcp can be asked for.`);
  if (rateLimits.length > 0) add(['rateLimits'], `${speaks}, and limits count HTTP requests.`);
  if (readsHttp(loadBalancer.hashKey))
    add(['loadBalancer', 'hashKey'], `${speaks}, which has no headers; only \`by: source\` can be hashed.`);
  return found;
}

function readsHttp(key: HashKey | Sticky | undefined): boolean {
  return key !== undefined && key.by !== 'source';
}
