import { MeshError } from '@tulle/mesh/errors';
import { serviceSpiffeId } from '@tulle/mesh/spiffe';
import type { Database } from '@tulle/prisma/database';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import { knownServices } from '../changes/known-services.ts';
import type { Identity } from '../identity/identity.ts';
import { activeRollouts } from '../rollouts/active-rollouts.ts';
import { measuredMs } from '../telemetry/measured-span.ts';
import type { EdgeCounters, TelemetryStore } from '../telemetry/store.ts';
import { summarise, versionShares } from '../traffic-splits/version-shares.ts';
import { buildGraph, edgeOf } from './build-graph.ts';
import { followGraph } from './follow-graph.ts';
import type { EdgeView, Topology, TopologyEdge, TopologyStep, TopologyView } from './view.ts';
import { WindowCache } from './window-cache.ts';

/** Health is how things are now; a longer window would hide a new failure and keep showing an old one. */
const healthWindowMs = 60_000;

export interface LiveTopology extends Topology {
  /** The graph every second, a large one every three, computed once for all who watch the same window. Ends when the signal aborts. */
  live(input: { windowMs: number }, signal: AbortSignal): AsyncIterable<TopologyStep>;
}

export function createTopology({
  database,
  configStore,
  fleet,
  identity,
  telemetry,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  configStore: ConfigStore;
  fleet: FleetRegistry;
  identity: Pick<Identity, 'trustDomain'>;
  telemetry: TelemetryStore;
  now?: () => number;
}): LiveTopology {
  const { prisma } = database;
  const graphs = new WindowCache(computeGraph, now);

  async function computeGraph(windowMs: number): Promise<TopologyView> {
    const to = now();
    const [edges, recent, rollouts] = await Promise.all([
      telemetry.edges({ from: to - windowMs, to }),
      telemetry.edges({ from: to - Math.min(windowMs, healthWindowMs), to }),
      activeRollouts(prisma),
    ]);
    const spanMs = measuredMs(telemetry, windowMs, to);
    return {
      asOf: telemetry.asOf(),
      windowMs,
      ...buildGraph({ spanMs, edges, recent, configStore, fleet, rollouts }),
    };
  }

  async function past({ windowMs, at }: { windowMs: number; at: number }): Promise<TopologyView> {
    const to = Math.min(at, now());
    const [edges, recent] = await Promise.all([
      telemetry.edges({ from: to - windowMs, to }),
      telemetry.edges({ from: to - Math.min(windowMs, healthWindowMs), to }),
    ]);
    const spanMs = measuredMs(telemetry, windowMs, to);
    const known = { configStore: withoutSplits(configStore), fleet, rollouts: new Map() };
    return { asOf: to, windowMs, ...buildGraph({ spanMs, edges, recent, ...known }) };
  }

  async function edge(input: { windowMs: number; source: string; destination: string }): Promise<EdgeView> {
    const { windowMs, source, destination } = input;
    const known = knownServices(configStore, fleet);
    const to = now();
    const [edges, recent, rollouts, certificate] = await Promise.all([
      telemetry.edges({ from: to - windowMs, to }, { source, destination }),
      telemetry.edges({ from: to - Math.min(windowMs, healthWindowMs), to }, { source, destination }),
      activeRollouts(prisma, [destination]),
      firstToExpire(destination),
    ]);
    for (const service of [source, destination]) {
      if (known.has(service) || edges.length > 0) continue;
      throw new MeshError('unknown_service', `The mesh has no service ${service}.`);
    }
    const rollout = rollouts.get(destination);
    const split = configStore.resource('TrafficSplit', destination);
    const spanMs = measuredMs(telemetry, windowMs, to);
    return {
      edge: edgeOf(edges, recent, spanMs)[0] ?? quietEdge(source, destination, spanMs),
      protocol: configStore.resource('Service', destination)?.protocol ?? 'http',
      sourceSpiffeId: serviceSpiffeId(identity.trustDomain, source),
      destinationSpiffeId: serviceSpiffeId(identity.trustDomain, destination),
      certificate,
      split: versionShares(split, fleet.versionsOf(destination), edges, spanMs),
      rollout: rollout ? { id: rollout.id, phase: rollout.phase } : null,
      retries: edges.reduce((sum, { retries }) => sum + retries, 0),
      meshErrors: meshErrorsOf(edges),
    };
  }

  async function firstToExpire(service: string): Promise<EdgeView['certificate']> {
    const present = [...fleet.membersOf(service)].filter((member) => fleet.isPresent(member));
    const newest = await prisma.certificate.groupBy({
      by: ['agentId'],
      where: { agentId: { in: present.map(({ id }) => id) }, revokedAt: null },
      _max: { notAfter: true, renewsAt: true },
    });
    const first = newest
      .map(({ _max }) => ({
        expiresAt: _max.notAfter?.getTime() ?? 0,
        renewsAt: _max.renewsAt?.getTime() ?? 0,
      }))
      .sort((a, b) => a.expiresAt - b.expiresAt)[0];
    return first ?? null;
  }

  const graph = ({ windowMs }: { windowMs: number }) => graphs.get(windowMs);
  return { graph, past, edge, live: (input, signal) => followGraph(() => graph(input), { signal, now }) };
}

/** The splits of now say nothing of the traffic of then. */
function withoutSplits(configStore: ConfigStore): Pick<ConfigStore, 'resource' | 'resources'> {
  return {
    resources: () => configStore.resources(),
    resource: (kind, service) => (kind === 'TrafficSplit' ? undefined : configStore.resource(kind, service)),
  };
}

function quietEdge(source: string, destination: string, spanMs: number): TopologyEdge {
  const id = `${source}->${destination}`;
  return { id, source, destination, health: 'idle', traffic: summarise([], spanMs), mtls: 'unknown' };
}

/** By code, over all edges. */
export function meshErrorsOf(edges: readonly EdgeCounters[]): Record<string, number> {
  const codes: Record<string, number> = {};
  for (const { meshErrorCodes } of edges) {
    for (const [code, count] of Object.entries(meshErrorCodes)) codes[code] = (codes[code] ?? 0) + count;
  }
  return codes;
}
