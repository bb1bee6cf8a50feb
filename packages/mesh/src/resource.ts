import * as z from 'zod/mini';
import { accessRuleSchema, serviceOrEveryoneSchema } from './access-rule.ts';
import { gatewaySchema } from './gateway.ts';
import { policySchema } from './policy.ts';
import { routeSchema } from './route.ts';
import { serviceSchema } from './service.ts';
import { trafficSplitSchema } from './traffic-split.ts';

/** Everything a person declares, in one union; `kind` tells them apart, as in the files of `tulle apply`. */
export const resourceSchema = z.discriminatedUnion('kind', [
  serviceSchema,
  trafficSplitSchema,
  routeSchema,
  policySchema,
  accessRuleSchema,
  gatewaySchema,
]);
export type Resource = z.infer<typeof resourceSchema>;
export type ResourceKind = Resource['kind'];

export const resourceKinds = [
  'Service',
  'TrafficSplit',
  'Route',
  'Policy',
  'AccessRule',
  'Gateway',
] as const satisfies ResourceKind[];

/** What a resource may speak of: a service, or `*` for the mesh's default of access. */
export const resourceServiceSchema = serviceOrEveryoneSchema;

/** The name of the service a resource speaks of, or `*`; with its kind it is the resource's key. */
export function resourceService(resource: Resource): string {
  return resource.kind === 'Service' ? resource.name : resource.service;
}

/** `kind/service`, such as `TrafficSplit/orders`: unique in the mesh. */
export function resourceKey(kind: ResourceKind, service: string): string {
  return `${kind}/${service}`;
}
