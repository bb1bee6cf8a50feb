import type { EndpointStanding, SeriesCounters } from '@tulle/mesh/agent-protocol';
import { Histogram } from '@tulle/mesh/histogram';
import { policySchema } from '@tulle/mesh/policy';
import { routeSchema } from '@tulle/mesh/route';
import { serviceSchema } from '@tulle/mesh/service';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join, SimulatedAgent } from '../agent-listener/simulated-agent.ts';
import { type ControlPlane, silent, startControlPlane } from '../agent-listener/test-control-plane.ts';
import { createAgents } from '../agents/create-agents.ts';
import { createMetrics } from '../metrics/create-metrics.ts';
import { renderOwnMetrics } from '../metrics/own-metrics.ts';
import { createServices } from '../services/create-services.ts';
import { createTelemetry, type Telemetry } from '../telemetry/create-telemetry.ts';
import { createTopology } from './create-topology.ts';

const windowMs = 60_000;
/** It stands still, as what is asked for below has happened within a minute of it. */
const clock = { now: Date.now() };
const now = () => clock.now;
let database: Database;
let telemetry: Telemetry;
let api: ControlPlane;

beforeAll(async () => {
  database = await testDatabase();
  telemetry = await createTelemetry({ database, logger: silent, now, timers: false });
  api = await startControlPlane({ database, telemetry: telemetry.ingest, now });
  await startMesh();
});
afterAll(async () => {
  await api.stop();
  await database.close();
});

function views() {
  const { configStore, fleet, identity } = api;
  const common = { database, configStore, fleet, identity, telemetry: telemetry.store, now };
  const topology = createTopology(common);
  const agents = createAgents(common);
  return {
    topology,
    agents,
    metrics: createMetrics(common),
    services: createServices({ ...common, topology, agents }),
  };
}

/** shop (a caller) -> orders v1 and v2 (one request in five fails on v2) -> a database without an agent. */
async function startMesh(): Promise<void> {
  const orders1 = await start('orders-1', 'orders', 'v1', 9_001);
  const orders2 = await start('orders-2', 'orders', 'v2', 9_002);
  const shop = await start('shop-1', 'shop', 'v1');
  await api.applyChange({
    author: { name: 'Ada' },
    source: 'cli',
    reason: 'Try v2.',
    edit: () => ({
      upserts: [
        serviceSchema.parse({ kind: 'Service', name: 'orders', owner: 'team-a', protocol: 'http2' }),
        serviceSchema.parse({
          kind: 'Service',
          name: 'db',
          protocol: 'tcp',
          endpoints: [{ host: '10.1.1.1', port: 5432 }],
        }),
        {
          kind: 'TrafficSplit',
          service: 'orders',
          weights: [
            { version: 'v1', weight: 80 },
            { version: 'v2', weight: 20 },
          ],
        },
      ],
    }),
  });
  await shop.call(
    'report',
    report(
      [series('shop', 'orders', 'v1', 80, 0), series('shop', 'orders', 'v2', 20, 4)],
      [{ service: 'orders', endpoint: 'orders-2', state: 'ejected', reason: 'too slow', forMs: 9_000 }],
    ),
  );
  await orders1.call('report', report([series('orders', 'db', 'v1', 10, 0, false), inbound('v1', 80)]));
  await orders2.call('report', report([inbound('v2', 20)]));
  clock.now += 3_000;
}

async function start(
  instance: string,
  service: string,
  version: string,
  port?: number,
): Promise<SimulatedAgent> {
  const identity = await join(api.port, { token: await api.token(service), service, version, instance });
  const agent = await SimulatedAgent.of(api.port, identity);
  await agent.hello({ instance, version, ...(port && { inbound: { host: '127.0.0.1', port } }) });
  agent.follow({ services: [], held: {} });
  return agent;
}

function report(list: SeriesCounters[], standings?: EndpointStanding[]) {
  const gauges = {
    ...{ rssBytes: 5e7, cpuMs: 100, connections: 3, activeRequests: 1, localHealthy: true },
    ...(standings && { standings }),
  };
  return { epoch: 'epoch-0001', seq: 1, at: now(), series: list, gauges };
}

function series(
  source: string,
  destination: string,
  version: string,
  ok: number,
  failed: number,
  tls = true,
): SeriesCounters {
  const histogram = new Histogram();
  for (let index = 0; index < ok; index++) histogram.record(10);
  return {
    ...{ side: 'outbound', source, destination, version, tls, requests: ok, ok: ok - failed },
    ...{ clientErrors: 0, serverErrors: 0, meshErrors: failed, retries: 2, bytesSent: 1, bytesReceived: 1 },
    meshErrorCodes: failed > 0 ? { connect_failed: failed } : {},
    latency: histogram.counts(),
  };
}

function inbound(version: string, requests: number): SeriesCounters {
  return { ...series('shop', 'orders', version, requests, 0), side: 'inbound' };
}

test('the graph has every service once, with health, kind, versions and rates', async () => {
  const { nodes, edges } = await views().topology.graph({ windowMs });
  const byName = new Map(nodes.map((node) => [node.service, node]));
  expect([...byName.keys()]).toEqual(['db', 'orders', 'shop']);
  expect([...byName.values()].map(({ kind }) => kind)).toEqual(['external', 'service', 'caller']);
  expect(byName.get('orders')).toMatchObject({
    health: 'degraded',
    instances: 2,
    traffic: { requests: 100, errorRate: 4 },
    versions: [
      { version: 'v1', weight: 80, observed: 80, instances: 1 },
      { version: 'v2', weight: 20, observed: 20, instances: 1 },
    ],
  });
  expect(byName.get('shop')?.traffic.requests).toBe(100);
  expect(edges.map(({ id, mtls, traffic }) => [id, mtls, traffic.requests]).sort()).toEqual([
    ['orders->db', 'none', 10],
    ['shop->orders', 'all', 100],
  ]);
});

test('the graph of the past has the traffic of then, and no split or rollout of now', async () => {
  const { topology } = views();
  const { asOf, nodes, edges } = await topology.past({ windowMs, at: now() });
  expect(asOf).toBe(now());
  expect(edges.map(({ id, traffic }) => [id, traffic.requests])).toEqual([
    ['orders->db', 10],
    ['shop->orders', 100],
  ]);
  const orders = nodes.find(({ service }) => service === 'orders');
  expect(orders?.versions.map(({ weight, observed }) => [weight, observed])).toEqual([
    [null, 80],
    [null, 20],
  ]);
  const before = await topology.past({ windowMs, at: now() - 600_000 });
  expect(before.edges).toEqual([]);
  expect((await topology.past({ windowMs, at: now() + 600_000 })).asOf).toBe(now());
});

test('an edge knows both identities, its split, certificate and failures', async () => {
  const { topology } = views();
  const edge = await topology.edge({ windowMs, source: 'shop', destination: 'orders' });
  expect(edge).toMatchObject({
    protocol: 'http2',
    sourceSpiffeId: 'spiffe://tulle.local/service/shop',
    destinationSpiffeId: 'spiffe://tulle.local/service/orders',
    retries: 4,
    meshErrors: { connect_failed: 4 },
    rollout: null,
  });
  expect(edge.edge.traffic.successRate).toBe(96);
  expect(edge.edge.traffic.trySuccessRate).toBeCloseTo((96 / 104) * 100);
  expect(edge.certificate?.expiresAt).toBeGreaterThan(now());
  expect(edge.split.map(({ version, weight }) => [version, weight])).toEqual([
    ['v1', 80],
    ['v2', 20],
  ]);
  const quiet = await topology.edge({ windowMs, source: 'orders', destination: 'shop' });
  expect(quiet.edge).toMatchObject({ health: 'idle', mtls: 'unknown' });
  await expect(topology.edge({ windowMs, source: 'shop', destination: 'nobody' })).rejects.toMatchObject({
    code: 'unknown_service',
  });
});

test('lists services and tells all of one', async () => {
  const { services } = views();
  const rows = await services.list({ windowMs });
  expect(rows.map(({ service, mtls, owner }) => [service, mtls, owner])).toEqual([
    ['db', 'none', ''],
    ['orders', 'all', 'team-a'],
    ['shop', 'all', ''],
  ]);
  for (const { sparkline, traffic } of rows) {
    expect(sparkline).toHaveLength(30);
    expect(sparkline.reduce((sum, rate) => sum + rate * 2, 0)).toBeCloseTo(traffic.requests);
  }
  const orders = await services.get({ windowMs, service: 'orders' });
  expect(orders.callers.map(({ service }) => service)).toEqual(['shop']);
  expect(orders.callees.map(({ service }) => service)).toEqual(['db']);
  expect(orders.instances.map(({ instance, address }) => [instance, address])).toEqual([
    ['orders-1', '127.0.0.1:9001'],
    ['orders-2', '127.0.0.1:9002'],
  ]);
  expect(orders.interventions).toEqual({ retries: 4, meshErrors: { connect_failed: 4 } });
  const untold = { caller: 'shop', agents: 1, until: expect.any(Number) };
  expect(orders.standings).toEqual([
    { endpoint: 'orders-2', state: 'ejected', reason: 'too slow', ...untold },
  ]);
  expect((orders.standings[0]?.until ?? 0) - now()).toBeLessThanOrEqual(9_000);
  expect(orders.yaml).toMatch(
    /^kind: Service\nname: orders[\s\S]*\n---\nkind: TrafficSplit\nservice: orders/,
  );
});

test('agents say what they hold and how they fare', async () => {
  const { agents } = views();
  await expect
    .poll(async () => (await agents.list()).agents.map(({ config }) => config.state))
    .toEqual([...['in-sync', 'in-sync', 'in-sync']]);
  const list = await agents.list();
  expect(list.revision).toBe(api.configStore.revision());
  expect(list.agents[0]).toMatchObject({
    instance: 'orders-1',
    connected: true,
    rssBytes: 5e7,
    connections: 3,
    config: { revision: list.revision, reason: null },
  });
});

test('charts have a series for each version, and the changes in between', async () => {
  const { metrics } = views();
  const view = await metrics.series({ windowMs, destination: 'orders', by: 'version' });
  expect(view).toMatchObject({ stepMs: 1_000, series: [{ version: 'v1' }, { version: 'v2' }] });
  const sums = view.series.map(({ points }) => points.reduce((sum, { requests }) => sum + requests, 0));
  expect(sums).toEqual([80, 20]);
  expect(view.series[1]?.points.reduce((sum, { errors }) => sum + errors, 0)).toBe(4);
  expect(view.marks.map(({ reason }) => reason)).toContain('Try v2.');
  const total = await metrics.series({ windowMs, by: 'total' });
  expect(total.series[0]?.points.reduce((sum, { requests }) => sum + requests, 0)).toBe(110);
});

test('the live graph comes every second and is computed once for all', async () => {
  const { topology } = views();
  const controller = new AbortController();
  const readers = [1, 2].map(() => topology.live({ windowMs }, controller.signal)[Symbol.asyncIterator]());
  const next = () => Promise.all(readers.map((reader) => reader.next()));
  const [first] = await next();
  const later = next();
  clock.now += 1_000;
  const [a, b] = await later;
  controller.abort();
  expect(first?.value).toMatchObject({ isWhole: true, nodes: { set: { length: 3 }, gone: [] } });
  expect(a?.value.isWhole).toBe(false);
  expect(a?.value).toBe(b?.value);
});

test('the API tells its own metrics under names of OpenTelemetry', () => {
  const { listener, distribution, configStore } = api;
  const text = renderOwnMetrics({ listener, distribution, telemetry, configStore, pool: database.pool });
  expect(text).toContain('# TYPE tulle_agents_sessions gauge\ntulle_agents_sessions 3\n');
  expect(text).toContain('tulle_telemetry_points_total 5\n');
});

test('tells in words which rules hold, and where the policy is not the default', async () => {
  const plain = await views().services.get({ windowMs, service: 'orders' });
  const undeclared = { rules: [], ruleCount: 0, rulesChanged: null, sticky: null, policyChanged: null };
  expect(plain.behaviour).toMatchObject(undeclared);
  expect(plain.behaviour.policy.filter(({ isSet }) => isSet)).toEqual([]);
  const { revision } = await api.applyChange({
    author: { name: 'Ada' },
    source: 'cli',
    reason: '',
    edit: () => ({
      upserts: [
        routeSchema.parse({
          kind: 'Route',
          service: 'db2',
          rules: [
            {
              name: 'testers',
              matches: [{ headers: [{ name: 'x-beta', value: '1' }] }],
              timeouts: { requestMs: 2_000 },
            },
          ],
        }),
        policySchema.parse({ kind: 'Policy', service: 'db2', timeouts: { connectMs: 2_000 } }),
        serviceSchema.parse({ kind: 'Service', name: 'db2', endpoints: [{ host: '10.1.1.2', port: 80 }] }),
      ],
    }),
  });
  const { behaviour, yaml } = await views().services.get({ windowMs, service: 'db2' });
  expect(behaviour).toMatchObject({
    rules: [{ title: 'testers', when: ['header x-beta = 1'], does: ['request timeout 2\u2009s'] }],
    ruleCount: 1,
    rulesChanged: { revision, author: 'Ada' },
    policy: expect.arrayContaining([
      {
        title: 'Timeouts',
        words: expect.arrayContaining(['2\u2009s to connect']),
        isSet: true,
        unusual: [{ field: 'timeouts.connectMs', value: '2\u2009s', usual: '1\u2009s' }],
      },
      { title: 'Health check', words: ['none'], isSet: false, unusual: [] },
    ]),
    policyChanged: { revision, author: 'Ada' },
  });
  expect(yaml).toContain('kind: Route');
  expect(yaml).not.toContain('queryParams');
});
