import { type Health, healthOf } from '@tulle/mesh/health';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import { knownServices } from '../changes/known-services.ts';
import type { ActiveRollout } from '../rollouts/active-rollouts.ts';
import type { EdgeCounters } from '../telemetry/store.ts';
import { summarise, versionShares } from '../traffic-splits/version-shares.ts';
import type { TopologyEdge, TopologyNode, TopologyView } from './view.ts';

type Graph = Pick<TopologyView, 'nodes' | 'edges'>;
type Declared = Pick<ConfigStore, 'resource' | 'resources'>;

/**
 * Every service that is declared, runs or has traffic, and every pair that spoke in the window. Figures are of
 * `edges`, measured over `spanMs`; health is of `recent`, the last of them.
 */
export function buildGraph({
  spanMs,
  edges,
  recent,
  configStore,
  fleet,
  rollouts,
}: {
  spanMs: number;
  edges: readonly EdgeCounters[];
  recent: readonly EdgeCounters[];
  configStore: Declared;
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
      spanMs,
      served: served.get(service) ?? [],
      called: called.get(service) ?? [],
      recent,
      ...{ configStore, fleet, rollouts },
    }),
  );
  const pairs = Map.groupBy(named, ({ source, destination }) => `${source}->${destination}`);
  const ids = [...pairs.keys()].sort();
  return { nodes, edges: ids.flatMap((id) => edgeOf(pairs.get(id) ?? [], recent, spanMs)) };
}

function nodeOf({
  service,
  spanMs,
  served,
  called,
  recent,
  configStore,
  fleet,
  rollouts,
}: {
  service: string;
  spanMs: number;
  served: readonly EdgeCounters[];
  called: readonly EdgeCounters[];
  recent: readonly EdgeCounters[];
  configStore: Declared;
  fleet: FleetRegistry;
  rollouts: ReadonlyMap<string, ActiveRollout>;
}): TopologyNode {
  const kind = kindOf(service, served.length > 0, configStore, fleet);
  const running = fleet.versionsOf(service);
  const traffic = summarise(kind === 'caller' ? called : served, spanMs);
  const rollout = rollouts.get(service);
  return {
    service,
    kind,
    health: healthNow(
      recent.filter((edge) => (kind === 'caller' ? edge.source : edge.destination) === service),
    ),
    traffic,
    instances: running.reduce((sum, { instances }) => sum + instances, 0),
    versions: versionShares(configStore.resource('TrafficSplit', service), running, served, spanMs),
    rollout: rollout ? { id: rollout.id, phase: rollout.phase } : null,
  };
}

function kindOf(
  service: string,
  isServing: boolean,
  configStore: Declared,
  fleet: FleetRegistry,
): TopologyNode['kind'] {
  const members = [...fleet.membersOf(service)];
  const hasStatic = (configStore.resource('Service', service)?.endpoints.length ?? 0) > 0;
  if (members.length === 0) return hasStatic ? 'external' : 'service';
  const listens = members.some(({ inbound }) => inbound !== null);
  return listens || isServing || hasStatic ? 'service' : 'caller';
}

/** The counters of one pair; empty for none. */
export function edgeOf(
  pair: readonly EdgeCounters[],
  recent: readonly EdgeCounters[],
  spanMs: number,
): TopologyEdge[] {
  const [first] = pair;
  if (first === undefined) return [];
  const { source, destination } = first;
  const traffic = summarise(pair, spanMs);
  return [
    {
      id: `${source}->${destination}`,
      source,
      destination,
      health: healthNow(recent.filter((edge) => edge.source === source && edge.destination === destination)),
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

function healthNow(recent: readonly EdgeCounters[]): Health {
  return healthOf({
    requests: recent.reduce((sum, edge) => sum + edge.requests, 0),
    errors: recent.reduce((sum, edge) => sum + edge.serverErrors + edge.meshErrors, 0),
  });
}
