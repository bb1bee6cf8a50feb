import { healthOf } from '@tulle/mesh/health';
import type { FleetRegistry } from '../agents/create-fleet.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import type { ActiveRollout } from '../rollouts/active-rollouts.ts';
import type { EdgeCounters } from '../telemetry/store.ts';
import { summarise, versionShares } from '../traffic-splits/version-shares.ts';
import type { TopologyEdge, TopologyNode, TopologyView } from './view.ts';

type Graph = Omit<TopologyView, 'asOf'>;

/** Every service that is declared, runs or has traffic, and every pair that spoke in the window. */
export function buildGraph({
  windowMs,
  edges,
  configStore,
  fleet,
  rollouts,
}: {
  windowMs: number;
  edges: readonly EdgeCounters[];
  configStore: ConfigStore;
  fleet: FleetRegistry;
  rollouts: ReadonlyMap<string, ActiveRollout>;
}): Graph {
  const named = edges.filter(({ source, destination }) => source !== '' && destination !== '');
  const served = Map.groupBy(named, ({ destination }) => destination);
  const called = Map.groupBy(named, ({ source }) => source);
  const services = new Set([...knownServices(configStore, fleet), ...served.keys(), ...called.keys()]);
  const nodes = [...services].sort().map((service) =>
    nodeOf({
      service,
      windowMs,
      served: served.get(service) ?? [],
      called: called.get(service) ?? [],
      ...{ configStore, fleet, rollouts },
    }),
  );
  const pairs = Map.groupBy(named, ({ source, destination }) => `${source}->${destination}`);
  return { windowMs, nodes, edges: [...pairs.values()].flatMap((pair) => edgeOf(pair, windowMs)) };
}

export function knownServices(configStore: ConfigStore, fleet: FleetRegistry): Set<string> {
  const services = new Set(fleet.services());
  for (const resource of configStore.resources())
    if (resource.kind === 'Service') services.add(resource.name);
  return services;
}

function nodeOf({
  service,
  windowMs,
  served,
  called,
  configStore,
  fleet,
  rollouts,
}: {
  service: string;
  windowMs: number;
  served: readonly EdgeCounters[];
  called: readonly EdgeCounters[];
  configStore: ConfigStore;
  fleet: FleetRegistry;
  rollouts: ReadonlyMap<string, ActiveRollout>;
}): TopologyNode {
  const kind = kindOf(service, served.length > 0, configStore, fleet);
  const running = fleet.versionsOf(service);
  const traffic = summarise(kind === 'caller' ? called : served, windowMs);
  const rollout = rollouts.get(service);
  return {
    service,
    kind,
    health: healthOf({ requests: traffic.requests, errors: errorsOf(kind === 'caller' ? called : served) }),
    traffic,
    instances: running.reduce((sum, { instances }) => sum + instances, 0),
    versions: versionShares(configStore.resource('TrafficSplit', service), running, served, windowMs),
    rollout: rollout ? { id: rollout.id, phase: rollout.phase } : null,
  };
}

function kindOf(
  service: string,
  isServing: boolean,
  configStore: ConfigStore,
  fleet: FleetRegistry,
): TopologyNode['kind'] {
  const members = [...fleet.membersOf(service)];
  const hasStatic = (configStore.resource('Service', service)?.endpoints.length ?? 0) > 0;
  if (members.length === 0) return hasStatic ? 'external' : 'service';
  const listens = members.some(({ inbound }) => inbound !== null);
  return listens || isServing || hasStatic ? 'service' : 'caller';
}

/** The counters of one pair; empty for none. */
export function edgeOf(pair: readonly EdgeCounters[], windowMs: number): TopologyEdge[] {
  const [first] = pair;
  if (first === undefined) return [];
  const { source, destination } = first;
  const traffic = summarise(pair, windowMs);
  return [
    {
      id: `${source}->${destination}`,
      source,
      destination,
      health: healthOf({ requests: traffic.requests, errors: errorsOf(pair) }),
      traffic,
      mtls: mtlsOf(pair),
    },
  ];
}

export function mtlsOf(edges: readonly EdgeCounters[]): TopologyEdge['mtls'] {
  let secure = 0;
  let plain = 0;
  for (const { tls, requests, version } of edges) {
    // A request that reached nobody went over no connection.
    if (version === '' && !tls) continue;
    if (tls) secure += requests;
    else plain += requests;
  }
  if (secure + plain === 0) return 'unknown';
  if (plain === 0) return 'all';
  return secure === 0 ? 'none' : 'some';
}

function errorsOf(edges: readonly EdgeCounters[]): number {
  return edges.reduce((sum, { serverErrors, meshErrors }) => sum + serverErrors + meshErrors, 0);
}
