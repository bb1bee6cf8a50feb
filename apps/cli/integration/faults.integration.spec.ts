import { afterEach, expect, test } from 'vitest';
import { createTestMesh, elapse, type TestMesh, until } from './mesh.ts';

// The full lengths of the promises (60 s without the API, 10 min of one-minute certificates) run with TULLE_LONG=1.
const long = process.env.TULLE_LONG !== undefined;

let mesh: TestMesh;
afterEach(() => mesh.close());

async function requestsOf(source: string, destination: string): Promise<number> {
  const { edge } = await mesh.api().topology.edge.query({ windowMs: 3_600_000, source, destination });
  return edge.traffic.requests;
}

async function healthyInstances(service: string): Promise<number> {
  const { agents } = await mesh.api().agents.list.query();
  return agents.filter((agent) => agent.service === service && agent.connected && agent.localHealthy).length;
}

test('twenty changes of weights under load fail no request, and the shares are those that were set', async () => {
  mesh = await createTestMesh();
  await mesh.startServer();
  await Promise.all([mesh.echo('orders', 'v1'), mesh.echo('orders', 'v2')]);
  await until('both versions are healthy', async () => (await healthyInstances('orders')) === 2);

  const load = await mesh.load('orders', { CONCURRENCY: '8' });
  for (let change = 1; change <= 20; change++) {
    const { revision } = await mesh.api().trafficSplits.get.query({ service: 'orders', windowMs: 60_000 });
    const applied = await mesh.api().trafficSplits.update.mutate({
      service: 'orders',
      baseRevision: revision,
      weights: [
        { version: 'v1', weight: (change * 5) % 100 },
        { version: 'v2', weight: 100 - ((change * 5) % 100) },
      ],
      reason: `change ${change}`,
    });
    await until(`revision ${applied.revision} is on every agent`, async () => {
      const { acks } = await mesh.api().changes.get.query({ revision: applied.revision });
      expect(acks.rejected).toEqual([]);
      return acks.acked === acks.agents;
    });
  }
  const moved = await load.finish();
  expect(moved.failures).toEqual({});
  expect(moved.ok).toBe(moved.sent);

  const { revision } = await mesh.api().trafficSplits.get.query({ service: 'orders', windowMs: 60_000 });
  await mesh.api().trafficSplits.update.mutate({
    service: 'orders',
    baseRevision: revision,
    weights: [
      { version: 'v1', weight: 70 },
      { version: 'v2', weight: 30 },
    ],
    reason: 'seventy to thirty',
  });
  const measured = await mesh.load('orders', { LIMIT: '10000', CONCURRENCY: '16' });
  await measured.exit;
  const counts = await measured.finish();
  expect(counts.failures).toEqual({});
  expect(Math.abs((100 * (counts.versions.v1 ?? 0)) / counts.ok - 70)).toBeLessThan(1.5);
});

test('without the API nothing fails, a restarted agent serves from disk, and afterwards every request is counted', async () => {
  mesh = await createTestMesh();
  const server = await mesh.startServer();
  const first = await mesh.echo('orders', 'v1', undefined);
  await mesh.echo('orders', 'v1');
  await until('both instances are healthy', async () => (await healthyInstances('orders')) === 2);
  const load = await mesh.load('orders', { RATE: '300', CONCURRENCY: '8' });
  await until('the load is seen', async () => (await requestsOf('caller', 'orders').catch(() => 0)) > 100);

  await server.stop('SIGKILL');
  await elapse(long ? 20_000 : 2_000);
  await first.stop('SIGTERM');
  const again = await mesh.run({
    service: 'orders',
    version: 'v1',
    dataDir: first.dataDir,
    port: first.port,
    command: first.process.spawnargs.slice(first.process.spawnargs.indexOf('--') + 1),
  });
  await until(
    'the restarted instance serves',
    async () => (await fetch(`http://127.0.0.1:${again.port}/`).catch(() => undefined))?.ok === true,
    again,
  );
  await elapse(long ? 40_000 : 3_000);

  const restartedAt = Date.now();
  await mesh.startServer();
  await until('all agents are back', async () => {
    const { agents } = await mesh.api().agents.list.query();
    return agents.filter((agent) => agent.connected && agent.lastSeenAt > restartedAt).length === 3;
  });
  const counts = await load.finish();
  expect(counts.failures).toEqual({});
  expect(counts.ok).toBe(counts.sent);
  await until(
    'every request is counted, once',
    async () => (await requestsOf('caller', 'orders')) >= counts.sent,
  );
  expect(await requestsOf('caller', 'orders')).toBe(counts.sent);
});

test('certificates of one minute are renewed under load without a failure', async () => {
  mesh = await createTestMesh({ TULLE_CERTIFICATE_LIFETIME_MS: '60000' });
  await mesh.startServer();
  await mesh.echo('orders', 'v1');
  await until('the instance is healthy', async () => (await healthyInstances('orders')) === 1);
  const load = await mesh.load('orders', { RATE: '200', CONCURRENCY: '8' });
  const serials = async () => (await mesh.api().certificates.list.query()).map((row) => row.serial);
  await until('both have certificates', async () => (await serials()).length === 2);
  const before = await serials();

  if (long) await elapse(600_000);
  await until('every certificate was renewed', async () =>
    (await serials()).every((serial) => !before.includes(serial)),
  );
  const counts = await load.finish();
  expect(counts.failures).toEqual({});
  expect(counts.ok).toBe(counts.sent);
}, 700_000);

test('a revoked instance is refused by its peers and by the API', async () => {
  mesh = await createTestMesh();
  await mesh.startServer();
  await mesh.echo('orders', 'v1');
  await until('the instance is healthy', async () => (await healthyInstances('orders')) === 1);
  const load = await mesh.load('orders', { RATE: '100', CONCURRENCY: '4' });
  await until('the load is seen', async () => (await requestsOf('caller', 'orders').catch(() => 0)) > 50);

  const caller = (await mesh.api().agents.list.query()).agents.find((agent) => agent.service === 'caller');
  if (caller === undefined) throw new Error('the caller is not known');
  await mesh.api().certificates.revoke.mutate({ agentId: caller.id, reason: 'lost laptop' });
  await until('it is cut off', async () => {
    const row = (await mesh.api().agents.list.query()).agents.find((agent) => agent.id === caller.id);
    return row !== undefined && !row.connected;
  });
  const served = async () => {
    const agent = (await mesh.api().topology.graph.query({ windowMs: 60_000 })).edges.find(
      (edge) => edge.source === 'caller',
    );
    return agent?.traffic.requests ?? 0;
  };
  let last = -1;
  await until('nothing of it arrives any more', async () => {
    const now = await served();
    const still = now === last;
    last = now;
    // Some reports of who is called.
    await elapse(3_000);
    return still;
  });
  const counts = await load.finish();
  expect(Object.keys(counts.failures).length).toBeGreaterThan(0);
});
