import { MeshError } from '@tulle/mesh/errors';
import { type Resource, resourceKinds, resourceService } from '@tulle/mesh/resource';
import { serviceSpiffeId } from '@tulle/mesh/spiffe';
import type { Database } from '@tulle/prisma/database';
import type { AgentViews } from '../agents/create-agents.ts';
import type { FleetRegistry } from '../agents/fleet-registry.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import type { Identity } from '../identity/identity.ts';
import { writeYaml } from '../resources/write-yaml.ts';
import type { TelemetryStore } from '../telemetry/store.ts';
import { meshErrorsOf } from '../topology/create-topology.ts';
import type { Topology, TopologyEdge, TopologyNode, TopologyView } from '../topology/view.ts';
import { WindowCache } from '../topology/window-cache.ts';
import { behaviourOf } from './behaviour.ts';
import { standingsOf } from './standings.ts';
import type { Interventions, NeighbourView, ServiceRow, Services } from './view.ts';

const sparks = 30;

/** The calls of or to a service; of all when it is empty. */
interface Measured {
  readonly source?: string;
  readonly destination?: string;
}

/** Requests per second of each service over time: what it serves, and what it calls. */
interface Sparklines {
  served(service: string): readonly number[];
  called(service: string): readonly number[];
}

export function createServices({
  database,
  configStore,
  identity,
  telemetry,
  topology,
  agents,
  fleet,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  configStore: ConfigStore;
  identity: Pick<Identity, 'trustDomain'>;
  telemetry: TelemetryStore;
  topology: Topology;
  agents: AgentViews;
  fleet: Pick<FleetRegistry, 'members' | 'isPresent'>;
  now?: () => number;
}): Services {
  const lists = new WindowCache(computeList, now);

  async function computeList(windowMs: number): Promise<readonly ServiceRow[]> {
    const [graph, sparklines] = await Promise.all([topology.graph({ windowMs }), readSparklines(windowMs)]);
    const incoming = Map.groupBy(graph.edges, ({ destination }) => destination);
    const outgoing = Map.groupBy(graph.edges, ({ source }) => source);
    return graph.nodes.map((node) => {
      const edges = (node.kind === 'caller' ? outgoing : incoming).get(node.service) ?? [];
      return rowOf(node, edges, sparklines);
    });
  }

  async function readSparklines(windowMs: number, filter: Measured = {}) {
    const stepMs = windowMs / sparks;
    const to = Math.floor(now() / 1_000) * 1_000;
    const buckets = await telemetry.buckets({ from: to - windowMs, to, stepMs }, filter);
    const served = new Map<string, number[]>();
    const called = new Map<string, number[]>();
    for (const [index, { edges }] of buckets.entries()) {
      for (const { source, destination, requests } of edges) {
        add(served, destination, index, requests / (stepMs / 1_000));
        add(called, source, index, requests / (stepMs / 1_000));
      }
    }
    const quiet = new Array<number>(sparks).fill(0);
    return {
      served: (service: string) => served.get(service) ?? quiet,
      called: (service: string) => called.get(service) ?? quiet,
    };
  }

  async function interventions(windowMs: number, filter: Measured): Promise<Interventions> {
    const to = now();
    const edges = await telemetry.edges({ from: to - windowMs, to }, filter);
    return {
      retries: edges.reduce((sum, { retries }) => sum + retries, 0),
      meshErrors: meshErrorsOf(edges),
    };
  }

  function rowOf(node: TopologyNode, edges: readonly TopologyEdge[], sparklines: Sparklines): ServiceRow {
    const { service, kind, health, traffic, versions, instances, rollout } = node;
    const declared = configStore.resource('Service', service);
    return {
      service,
      protocol: declared?.protocol ?? 'http',
      owner: declared?.owner ?? '',
      description: declared?.description ?? '',
      ...{ health, traffic, versions, instances, rollout },
      mtls: mtlsOf(edges),
      sparkline: kind === 'caller' ? sparklines.called(service) : sparklines.served(service),
    };
  }

  async function get({ windowMs, service }: { windowMs: number; service: string }) {
    const graph = await topology.graph({ windowMs });
    const node = graph.nodes.find((one) => one.service === service);
    if (node === undefined) throw new MeshError('unknown_service', `The mesh has no service ${service}.`);
    const measured = node.kind === 'caller' ? { source: service } : { destination: service };
    const [sparklines, instances, intervened, behaviour] = await Promise.all([
      readSparklines(windowMs, measured),
      agents.of(service),
      interventions(windowMs, measured),
      behaviourOf(service, { database, configStore }),
    ]);
    const callers = neighbours(graph, 'destination', service);
    const callees = neighbours(graph, 'source', service);
    const resources = configStore.resources().filter((one) => resourceService(one) === service);
    return {
      row: rowOf(node, edgesOf(graph, node), sparklines),
      kind: node.kind,
      spiffeId: serviceSpiffeId(identity.trustDomain, service),
      port: configStore.resource('Service', service)?.port ?? 80,
      ...{ callers, callees, instances, interventions: intervened, behaviour },
      standings: standingsOf(service, presentMembers()),
      yaml: yamlOf(resources),
    };
  }

  /** Whoever is gone does not treat anybody in any way. */
  function presentMembers() {
    return [...fleet.members()].filter((member) => member.connected && fleet.isPresent(member));
  }

  return { list: ({ windowMs }) => lists.get(windowMs), get };
}

function add(rates: Map<string, number[]>, service: string, index: number, rate: number): void {
  const line = rates.get(service) ?? new Array<number>(sparks).fill(0);
  line[index] = (line[index] ?? 0) + rate;
  rates.set(service, line);
}

function edgesOf(graph: TopologyView, { kind, service }: TopologyNode): TopologyEdge[] {
  return graph.edges.filter((edge) => (kind === 'caller' ? edge.source : edge.destination) === service);
}

function neighbours(graph: TopologyView, end: 'source' | 'destination', service: string): NeighbourView[] {
  const other = end === 'source' ? 'destination' : 'source';
  return graph.edges
    .filter((edge) => edge[end] === service)
    .map((edge) => ({ service: edge[other], health: edge.health, traffic: edge.traffic, mtls: edge.mtls }))
    .sort((a, b) => b.traffic.rate - a.traffic.rate);
}

function mtlsOf(edges: readonly TopologyEdge[]): ServiceRow['mtls'] {
  const states = new Set(edges.map(({ mtls }) => mtls).filter((mtls) => mtls !== 'unknown'));
  const [only] = states;
  if (only === undefined) return 'unknown';
  return states.size === 1 ? only : 'some';
}

function yamlOf(resources: readonly Resource[]): string {
  const order = ({ kind }: Resource) => resourceKinds.indexOf(kind);
  return writeYaml(resources.toSorted((a, b) => order(a) - order(b)));
}
