import { createHash } from 'node:crypto';
import { everyone } from '@tulle/mesh/access-rule';
import type { ResourceText } from '@tulle/mesh/agent-protocol';
import type { MeshView } from '@tulle/mesh/service-view';
import { servicesNamedBy } from '@tulle/mesh/services-named';
import { canonicalJson, compileServiceView } from '@tulle/mesh/snapshot';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { ConfigStore } from '../changes/config-store.ts';

const servicePrefix = 'service/';
export const meshResource = 'mesh';

export function resourceName(service: string): string {
  return servicePrefix + service;
}

export function serviceOf(name: string): string | undefined {
  return name.startsWith(servicePrefix) ? name.slice(servicePrefix.length) : undefined;
}

/** Views as agents get them: compiled and hashed once a change, whatever number of agents takes them. */
export interface CompiledViews {
  /** undefined when there is no such service. */
  get(name: string): ResourceText | undefined;
  /** The views that whoever follows this one's rules, or lets in requests for its hosts, needs, too. */
  named(name: string): readonly string[];
  /** The services whose texts are remembered; whoever holds a view has been given it from here. */
  services(): Iterable<string>;
  /** Forgets the text; returns whether compiling it anew gives another one. */
  invalidate(name: string): boolean;
}

export function createCompiledViews({
  configStore,
  fleet,
  meshView,
}: {
  configStore: ConfigStore;
  fleet: FleetRegistry;
  meshView: () => MeshView;
}): CompiledViews {
  const texts = new Map<string, ResourceText | undefined>();

  function compile(name: string): ResourceText | undefined {
    const service = serviceOf(name);
    if (service === undefined) return name === meshResource ? textOf(name, meshView()) : undefined;
    const declared = configStore.resource('Service', service);
    if (declared === undefined && !fleet.knows(service)) return undefined;
    const view = compileServiceView(
      service,
      {
        service: declared,
        trafficSplit: configStore.resource('TrafficSplit', service),
        route: configStore.resource('Route', service),
        policy: configStore.resource('Policy', service),
        accessRule: configStore.resource('AccessRule', service),
        defaultAccessRule: configStore.resource('AccessRule', everyone),
        gateway: configStore.resource('Gateway', service),
      },
      fleet.endpoints(service),
    );
    return textOf(name, view);
  }

  function get(name: string): ResourceText | undefined {
    if (!texts.has(name)) {
      const text = compile(name);
      // Names of services that do not exist come from agents: remembering them would let one fill the memory.
      if (text === undefined) return undefined;
      texts.set(name, text);
    }
    return texts.get(name);
  }

  return {
    get,
    named: (name) => {
      const service = serviceOf(name);
      if (service === undefined) return [];
      const declared = [configStore.resource('Route', service), configStore.resource('Gateway', service)];
      return declared.flatMap((one) => (one === undefined ? [] : servicesNamedBy(one))).map(resourceName);
    },
    services: () => [...texts.keys()].flatMap((name) => serviceOf(name) ?? []),
    invalidate: (name) => {
      const before = texts.get(name)?.hash;
      texts.delete(name);
      return before === undefined || get(name)?.hash !== before;
    },
  };
}

function textOf(name: string, value: unknown): ResourceText {
  const text = canonicalJson(value);
  return { name, hash: createHash('sha256').update(text).digest('hex'), text };
}
