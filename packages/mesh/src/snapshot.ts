import { type AccessRule, everyone } from './access-rule.ts';
import type { Gateway, GatewayEntry } from './gateway.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import type { Route } from './route.ts';
import type { Service } from './service.ts';
import type { Endpoint, ServiceView } from './service-view.ts';
import type { TrafficSplit } from './traffic-split.ts';

/** What people have declared about one service. */
export interface ServiceResources {
  readonly service?: Service | undefined;
  readonly trafficSplit?: TrafficSplit | undefined;
  readonly route?: Route | undefined;
  readonly policy?: Policy | undefined;
  readonly accessRule?: AccessRule | undefined;
  /** That of `*`, which holds where there is no rule of its own. */
  readonly defaultAccessRule?: AccessRule | undefined;
  readonly gateway?: Gateway | undefined;
}

/**
 * Makes what agents need to know of one service out of what is declared and what runs. Everything is sorted, so
 * that the same mesh always gives the same text and the same hash, whatever order the database answers in.
 */
export function compileServiceView(
  name: string,
  declared: ServiceResources,
  instances: readonly Endpoint[],
): ServiceView {
  const { service, trafficSplit, route } = declared;
  const { kind: _kind, service: _service, ...policy } = declared.policy ?? defaultPolicy(name);
  const weights = trafficSplit?.weights.toSorted((a, b) => compareText(a.version, b.version));
  const accessRule = declared.accessRule ?? declared.defaultAccessRule;
  const allow = accessRule && allowedCallers(accessRule);
  return {
    service: name,
    protocol: service?.protocol ?? 'http',
    port: service?.port ?? 80,
    ...(weights && { weights }),
    ...(trafficSplit?.sticky && { sticky: trafficSplit.sticky }),
    ...(service?.tlsOrigination && { tlsOrigination: service.tlsOrigination }),
    ...(route && { rules: route.rules }),
    policy,
    ...(allow && { allow }),
    ...(declared.gateway && { gateway: entryOf(declared.gateway) }),
    endpoints: endpointsOf(service, instances),
  };
}

function entryOf({ kind: _kind, service: _service, ...entry }: Gateway): GatewayEntry {
  return entry;
}

/** Undefined when the rule names `*`: every identity of the mesh may call. */
function allowedCallers(rule: AccessRule): string[] | undefined {
  if (rule.allow.includes(everyone)) return undefined;
  return [...new Set(rule.allow)].sort(compareText);
}

/** Running instances and static endpoints; an instance wins over a static endpoint of the same id. */
function endpointsOf(service: Service | undefined, instances: readonly Endpoint[]): Endpoint[] {
  const byId = new Map<string, Endpoint>();
  for (const { host, port, version, zone, weight } of service?.endpoints ?? []) {
    const id = `${host}:${port}`;
    byId.set(id, {
      id,
      version,
      host,
      port,
      tls: false,
      ...(zone !== '' && { zone }),
      ...(weight !== 1 && { weight }),
    });
  }
  for (const instance of instances) byId.set(instance.id, instance);
  return [...byId.values()].sort((a, b) => compareText(a.id, b.id));
}

/** By code units: unlike `localeCompare` the same on every machine. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** JSON with the keys of every object sorted: equal values give equal text. Undefined members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => compareText(a, b)));
  });
}
