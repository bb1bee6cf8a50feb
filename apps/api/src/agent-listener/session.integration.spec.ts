import type { ConfigMessage } from '@tulle/mesh/agent-protocol';
import { closeCodes } from '@tulle/mesh/agent-protocol';
import { gatewaySchema } from '@tulle/mesh/gateway';
import { policySchema } from '@tulle/mesh/policy';
import { routeSchema } from '@tulle/mesh/route';
import { meshViewSchema, serviceViewSchema } from '@tulle/mesh/service-view';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { join, newRequest, SimulatedAgent, type SimulatedIdentity } from './simulated-agent.ts';
import { ada, type ControlPlane, startControlPlane } from './test-control-plane.ts';

let database: Database;
let api: ControlPlane;

beforeEach(async () => {
  database = await testDatabase();
  api = await startControlPlane({ database });
});
afterEach(async () => {
  await api.stop();
  await database.close();
});

async function identityOf(instance: string, service: string): Promise<SimulatedIdentity> {
  return join(api.port, { token: await api.token(service), service, version: 'v1', instance });
}

/** A connected agent that acknowledges everything. */
async function start(
  instance: string,
  service: string,
  options: { services?: string[]; port?: number } = {},
) {
  const identity = await identityOf(instance, service);
  return { identity, ...(await connect(instance, identity, options)) };
}

async function connect(
  instance: string,
  identity: SimulatedIdentity,
  {
    services = [],
    held = {},
    port,
  }: { services?: string[]; held?: Record<string, string>; port?: number } = {},
) {
  const agent = await SimulatedAgent.of(api.port, identity);
  const inbound = port === undefined ? undefined : { host: '10.0.0.1', port };
  await agent.hello({ instance, version: 'v1', ...(inbound && { inbound }) });
  const messages: ConfigMessage[] = [];
  agent.follow({ services, held }, (message) => messages.push(message));
  await expect.poll(() => messages.length).toBeGreaterThan(0);
  const names = () => messages.flatMap(({ resources }) => resources.map(({ name }) => name));
  const view = (service: string) => {
    const texts = messages
      .flatMap(({ resources }) => resources)
      .filter(({ name }) => name === `service/${service}`);
    return serviceViewSchema.parse(JSON.parse(texts.at(-1)?.text ?? '{}'));
  };
  const mesh = () => {
    const texts = messages.flatMap(({ resources }) => resources).filter(({ name }) => name === 'mesh');
    return meshViewSchema.parse(JSON.parse(texts.at(-1)?.text ?? '{}'));
  };
  return { agent, messages, names, view, mesh };
}

function setPolicy(service: string, requestMs: number) {
  return api.applyChange({
    author: { name: 'Ada' },
    source: 'cli',
    reason: '',
    edit: () => ({
      upserts: [policySchema.parse({ kind: 'Policy', service, timeouts: { requestMs } })],
    }),
  });
}

test('sends own service, watched ones and the mesh first, then only what changed', async () => {
  const orders = await start('orders-1', 'orders', { port: 9_001 });
  const shop = await start('shop-1', 'shop', { services: ['orders'] });
  expect(shop.names().sort()).toEqual(['mesh', 'service/orders', 'service/shop']);
  expect(shop.view('orders').endpoints).toEqual([
    { id: 'orders-1', version: 'v1', host: '10.0.0.1', port: 9_001, tls: true },
  ]);
  await expect.poll(() => api.configStore.resource('Service', 'shop')).toBeDefined();

  const before = shop.messages.length;
  const { revision, agents } = await setPolicy('orders', 4_000);
  expect(agents).toBe(2);
  await expect.poll(() => shop.view('orders').policy.timeouts.requestMs).toBe(4_000);
  expect(shop.messages.slice(before).flatMap((m) => m.resources.map(({ name }) => name))).toEqual([
    'service/orders',
  ]);
  expect(shop.messages.at(-1)?.revision).toBe(revision);
  await expect
    .poll(() =>
      database.prisma.changeAck.count({ where: { revision, state: 'acked', latencyMs: { gt: 0 } } }),
    )
    .toBe(2);
  expect(api.events).toContainEqual({ type: 'ack', revision });
  await orders.agent.close(closeCodes.goodbye);
});

const setRoute = (service: string, ...rules: object[]) =>
  api.applyChange({
    author: { name: 'Ada' },
    source: 'cli',
    reason: '',
    edit: () => ({ upserts: [routeSchema.parse({ kind: 'Route', service, rules })] }),
  });

test('who holds a service is sent, with its rules, the services they name, and changes of those', async () => {
  await start('orders-1', 'orders', { port: 9_001 });
  await start('legacy-1', 'legacy', { port: 9_002 });
  await start('audit-1', 'audit', { port: 9_003 });
  const shop = await start('shop-1', 'shop', { services: ['orders'] });
  const mirror = { type: 'RequestMirror', requestMirror: { backendRef: { name: 'audit' } } };
  await setRoute('legacy', { filters: [mirror] });
  expect(shop.names()).not.toContain('service/audit');

  const before = shop.messages.length;
  const { revision } = await setRoute('orders', { backendRefs: [{ version: 'v1' }, { name: 'legacy' }] });
  await expect.poll(() => shop.messages.length).toBeGreaterThan(before);
  // In one message, so that the rules never stand without their backends; legacy's own rules follow as well.
  expect(shop.messages[before]).toMatchObject({
    revision,
    resources: [{ name: 'service/orders' }, { name: 'service/legacy' }, { name: 'service/audit' }],
  });
  expect(shop.view('orders').rules).toMatchObject([{ backendRefs: [{ version: 'v1' }, { name: 'legacy' }] }]);

  await setPolicy('audit', 4_000);
  await expect.poll(() => shop.view('audit').policy.timeouts.requestMs).toBe(4_000);
});

test('agents of a gateway are sent the services it leads to, in one message with its hosts', async () => {
  await start('orders-1', 'orders', { port: 9_001 });
  const edge = await start('edge-1', 'edge');
  expect(edge.names()).not.toContain('service/orders');
  await expect.poll(() => api.configStore.resource('Service', 'edge')).toBeDefined();

  const before = edge.messages.length;
  const routes = [{ hostnames: ['shop.example.com'], service: 'orders' }];
  const { revision } = await api.applyChange({
    author: { name: 'Ada' },
    source: 'cli',
    reason: '',
    edit: () => ({ upserts: [gatewaySchema.parse({ kind: 'Gateway', service: 'edge', routes })] }),
  });
  await expect.poll(() => edge.messages.length).toBeGreaterThan(before);
  expect(edge.messages[before]).toMatchObject({
    revision,
    resources: [{ name: 'service/edge' }, { name: 'service/orders' }],
  });
  expect(edge.view('edge').gateway).toEqual({ routes });
});

test('an instance says where it runs, and its callers hear of it', async () => {
  const identity = await identityOf('orders-1', 'orders');
  const agent = await SimulatedAgent.of(api.port, identity);
  const inbound = { host: '10.0.0.1', port: 9_001 };
  await agent.hello({ instance: 'orders-1', version: 'v1', zone: 'east', inbound });
  const shop = await start('shop-1', 'shop', { services: ['orders'] });
  expect(shop.view('orders').endpoints).toMatchObject([{ id: 'orders-1', zone: 'east' }]);

  await agent.terminate();
  const again = await SimulatedAgent.of(api.port, identity);
  await again.hello({ instance: 'orders-1', version: 'v1', zone: 'west', inbound });
  await expect.poll(() => shop.view('orders').endpoints[0]?.zone).toBe('west');
});

test('a reconnecting agent that holds everything gets an empty first message', async () => {
  const first = await start('orders-1', 'orders');
  const held = Object.fromEntries(
    first.messages.flatMap((m) => m.resources.map(({ name, hash }) => [name, hash])),
  );
  await expect.poll(() => api.configStore.resource('Service', 'orders')).toBeDefined();
  await first.agent.terminate();
  const again = await connect('orders-1', first.identity, { held });
  expect(again.messages[0]).toMatchObject({ push: 1, resources: [], drop: [] });
});

test('a watched service that does not exist is dropped, and sent as soon as it does', async () => {
  const shop = await start('shop-1', 'shop');
  await shop.agent.call('watch', { services: ['orders'] });
  await expect.poll(() => shop.messages.flatMap(({ drop }) => drop)).toEqual(['service/orders']);
  await start('orders-1', 'orders', { port: 9_001 });
  await expect.poll(() => shop.names()).toContain('service/orders');
});

test('a goodbye takes the endpoint away at once, a lost connection does not', async () => {
  const shop = await start('shop-1', 'shop', { services: ['orders'] });
  const one = await start('orders-1', 'orders', { port: 9_001 });
  const two = await start('orders-2', 'orders', { port: 9_002 });
  const endpoints = () => shop.view('orders').endpoints.map(({ id }) => id);
  await expect.poll(endpoints).toEqual(['orders-1', 'orders-2']);
  await one.agent.terminate();
  await two.agent.close(closeCodes.goodbye);
  await expect.poll(endpoints).toEqual(['orders-1']);
});

test('a refused resource is written down with the reason', async () => {
  const orders = await start('orders-1', 'orders');
  const shopIdentity = await identityOf('shop-1', 'shop');
  const shop = await SimulatedAgent.of(api.port, shopIdentity);
  await shop.hello({ instance: 'shop-1', version: 'v1' });
  shop.config({ services: ['orders'], held: {} }, (message) => {
    const refused = message.push > 1 ? [{ name: 'service/orders', reason: 'too slow for me' }] : [];
    void shop.ack(message, refused);
  });
  await expect.poll(() => api.fleet.holders('orders')).toBe(2);
  await expect.poll(() => api.distribution.stats().acks).toBeGreaterThanOrEqual(2);
  const { revision } = await setPolicy('orders', 4_000);
  await expect
    .poll(() => database.prisma.changeAck.findMany({ where: { revision }, orderBy: { state: 'asc' } }))
    .toMatchObject([
      { state: 'acked', reason: null },
      { state: 'rejected', reason: 'too slow for me' },
    ]);
  const agent = await database.prisma.agent.findUnique({ where: { instance: 'shop-1' } });
  expect(agent?.rejectedReason).toBe('service/orders: too slow for me');
  await orders.agent.terminate();
});

test('one push is under way at most, and the newest text wins', async () => {
  const identity = await identityOf('orders-1', 'orders');
  const agent = await SimulatedAgent.of(api.port, identity);
  await agent.hello({ instance: 'orders-1', version: 'v1' });
  await expect.poll(() => api.configStore.resource('Service', 'orders')).toBeDefined();
  const messages: ConfigMessage[] = [];
  agent.config({ services: [], held: {} }, (message) => messages.push(message));
  await expect.poll(() => messages.length).toBe(1);
  for (const requestMs of [1_000, 2_000, 3_000]) await setPolicy('orders', requestMs);
  const [first] = messages;
  if (first) await agent.ack(first);
  await expect.poll(() => messages.length).toBe(2);
  const text = messages[1]?.resources.find(({ name }) => name === 'service/orders')?.text ?? '{}';
  expect(serviceViewSchema.parse(JSON.parse(text)).policy.timeouts.requestMs).toBe(3_000);
  if (messages[1]) await agent.ack(messages[1]);
  await expect
    .poll(() => database.prisma.changeAck.count({ where: { state: 'acked', change: { source: 'cli' } } }))
    .toBe(3);
  expect(messages).toHaveLength(2);
});

test('renews over the old certificate, also when asked to', async () => {
  const { agent, messages, identity } = await start('orders-1', 'orders');
  const member = [...api.fleet.members()][0];
  await api.certificates.renew(ada, { agentId: member?.id ?? '' });
  await expect.poll(() => messages.flatMap(({ directives }) => directives)).toEqual(['renew-certificate']);
  expect(await api.certificates.list()).toMatchObject([{ state: 'renewing', serial: identity.grant.serial }]);
  const { csrPem } = await newRequest();
  await agent.call('renew', { csrPem });
  const [row] = await api.certificates.list();
  expect(row).toMatchObject({ state: 'valid', instance: 'orders-1', connected: true });
  expect(row?.serial).not.toBe(identity.grant.serial);
});

test('a revoked instance is cut off, its serial told to all, and it cannot come back', async () => {
  const shop = await start('shop-1', 'shop');
  const { agent, identity } = await start('orders-1', 'orders', { port: 9_001 });
  const member = [...api.fleet.membersOf('orders')][0];
  await api.certificates.revoke(ada, { agentId: member?.id ?? '', reason: 'stolen' });
  expect(await agent.closed).toEqual({ code: closeCodes.revoked, reason: 'Revoked. stolen' });
  await expect.poll(() => shop.mesh().revokedSerials).toEqual([identity.grant.serial]);
  await expect(SimulatedAgent.of(api.port, identity)).rejects.toMatchObject({
    code: 'revoked',
    message: 'The instance orders-1 was revoked (stolen); only a new join token brings it back.',
  });
  expect(api.fleet.endpoints('orders')).toEqual([]);
  const back = await identityOf('orders-1', 'orders');
  await connect('orders-1', back);
  expect((await api.certificates.overview()).counts).toMatchObject({ valid: 2 });
});

test('refuses everybody who has no good certificate of this mesh', async () => {
  const orders = await identityOf('orders-1', 'orders');
  const otherDatabase = await testDatabase();
  const other = await startControlPlane({ database: otherDatabase });
  const token = await other.token('orders');
  const rogue = await join(other.port, { token, service: 'orders', version: 'v1', instance: 'orders-1' });
  await other.stop();
  await otherDatabase.close();

  const caPem = orders.grant.trustBundlePem;
  const attempts = [
    SimulatedAgent.connect(api.port, { caPem }),
    SimulatedAgent.connect(api.port, {
      caPem,
      keyPem: rogue.keyPem,
      certPem: rogue.grant.certificateChainPem,
    }),
  ];
  for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: 'unauthenticated' });
  const agent = await SimulatedAgent.of(api.port, orders);
  await expect(agent.call('report', { epoch: 'abcdefgh', seq: 1, at: 1, series: [] })).rejects.toThrow(
    'The first call must be hello',
  );
  await expect(agent.hello({ instance: 'orders-2', version: 'v1' })).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('a newer connection of the same instance takes the place of the older', async () => {
  const { agent, identity } = await start('orders-1', 'orders');
  await connect('orders-1', identity);
  expect((await agent.closed).code).toBe(closeCodes.replaced);
  expect([...api.fleet.members()][0]?.connected).toBe(true);
  expect(api.fleet.holders('orders')).toBe(1);
});

test('a restart of the API empties nobody’s endpoints', async () => {
  await start('orders-1', 'orders', { port: 9_001 });
  await api.stop();
  api = await startControlPlane({ database, now: () => Date.now() + 600_000 });
  expect(api.fleet.endpoints('orders').map(({ id }) => id)).toEqual(['orders-1']);
});

test('an agent that moves to another replica is that one’s, and revocations reach both', async () => {
  const { agent, identity } = await start('orders-1', 'orders', { port: 9_001 });
  const other = await startControlPlane({ database });
  try {
    const moved = await SimulatedAgent.of(other.port, identity);
    await moved.hello({ instance: 'orders-1', version: 'v2', inbound: { host: '10.0.0.1', port: 9_001 } });
    expect((await agent.closed).code).toBe(closeCodes.replaced);
    await expect.poll(() => api.fleet.versionsOf('orders')).toEqual([{ version: 'v2', instances: 1 }]);
    const row = await database.prisma.agent.findUniqueOrThrow({ where: { instance: 'orders-1' } });
    expect(row).toMatchObject({ connected: true, replica: other.fleet.replica });
    await api.certificates.revoke(ada, { agentId: row.id, reason: '' });
    expect((await moved.closed).code).toBe(closeCodes.revoked);
    await expect.poll(() => other.revocations.serials()).toEqual([identity.grant.serial]);
  } finally {
    await other.stop();
  }
});
