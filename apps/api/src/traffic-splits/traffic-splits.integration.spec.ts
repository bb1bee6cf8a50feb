import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ada, bob, fakeFleet, startReplica, type TestReplica } from '../changes/test-mesh.ts';
import { fakeTelemetry } from '../rollouts/test-rollouts.ts';
import type { TelemetryStore } from '../telemetry/store.ts';
import { createTrafficSplits } from './traffic-splits.ts';
import type { TrafficSplits } from './view.ts';

const windowMs = 60_000;
const weights = [
  { version: 'v1', weight: 75 },
  { version: 'v2', weight: 25 },
];

describe('traffic splits', () => {
  let database: Database;
  let replica: TestReplica;
  let splits: TrafficSplits;
  const nowMs = Date.now();
  let observedFrom = 0;
  beforeAll(async () => {
    database = await testDatabase();
    const fleet = fakeFleet({ orders: ['v2', 'v1', 'v10'], load: ['v1'] });
    const now = () => nowMs;
    replica = await startReplica(database, fleet, now);
    const telemetry = fakeTelemetry(() => [
      { version: 'v1', requests: 90, errors: 0 },
      { version: 'v2', requests: 30, errors: 3 },
      { version: '', requests: 6, errors: 6 },
    ]);
    const edges: TelemetryStore['edges'] = (span, filter) => {
      observedFrom = span.from;
      return telemetry.edges(span, filter);
    };
    splits = createTrafficSplits({ database, ...replica, fleet, telemetry: { ...telemetry, edges }, now });
  });
  afterAll(async () => {
    await replica.stop();
    await database.close();
  });

  it('say what was set beside what was observed', async () => {
    const before = await splits.get({ windowMs, service: 'orders' });
    expect(before.versions.map(({ version, weight }) => [version, weight])).toEqual([
      ['v1', null],
      ['v2', null],
      ['v10', null],
    ]);
    expect(before.usualMs).toBeNull();
    const input = { service: 'orders', baseRevision: before.revision, weights, reason: 'a quarter' };
    expect(await splits.update(ada, input)).toEqual({ revision: 1, changed: true, agents: 3 });
    const after = await splits.get({ windowMs, service: 'orders' });
    // Observed since the change, or the shortest while that says anything: 126 requests in 3 s.
    expect(observedFrom).toBe(nowMs - 3_000);
    expect(after).toMatchObject({ revision: 1, rate: 42, callers: ['shop'], agents: 3, rollout: null });
    expect(after.versions).toMatchObject([
      { version: 'v1', weight: 75, observed: 75, instances: 1, maxInstanceRate: 90 },
      { version: 'v2', weight: 25, observed: 25, instances: 1, traffic: { requests: 30, errorRate: 10 } },
      { version: 'v10', weight: 0, observed: 0, instances: 1, traffic: { requests: 0, p95: null } },
    ]);
  });

  it('list who last changed each, without pure callers', async () => {
    expect(await splits.list({ windowMs })).toMatchObject([
      {
        service: 'orders',
        rate: 2.1,
        changed: { revision: 1, author: 'Ada', reason: 'a quarter' },
        rollout: null,
      },
    ]);
  });

  it('know how long a change usually takes, and which rollout owns them', async () => {
    for (const [index, latencyMs] of [10, 20, 90].entries()) {
      const agent = await database.prisma.agent.create({
        data: { instance: `shop-${index}`, service: 'shop', version: 'v1' },
      });
      await database.prisma.changeAck.create({
        data: { revision: 1, agentId: agent.id, state: 'acked', latencyMs },
      });
    }
    const { id } = await database.prisma.rollout.create({
      data: { service: 'orders', spec: {}, state: {}, phase: 'analysing', createdBy: 'Bob' },
    });
    const rollout = { id, phase: 'analysing' };
    expect(await splits.get({ windowMs, service: 'orders' })).toMatchObject({ usualMs: 20, rollout });
    expect((await splits.list({ windowMs }))[0]?.rollout).toEqual(rollout);
    const input = {
      service: 'orders',
      baseRevision: 1,
      weights: [{ version: 'v1', weight: 100 }],
      reason: '',
    };
    await expect(splits.update(bob, input)).rejects.toMatchObject({ code: 'owned_by_rollout' });
  });

  it('of an unknown service are not found', async () => {
    await expect(splits.get({ windowMs, service: 'nowhere' })).rejects.toMatchObject({
      code: 'unknown_service',
    });
  });
});

it('an edit of weights keeps what is sticky, and one that names it changes it', async () => {
  const database = await testDatabase();
  const fleet = fakeFleet({ orders: ['v1', 'v2'] });
  const replica = await startReplica(database, fleet);
  onTestFinished(async () => {
    await replica.stop();
    await database.close();
  });
  const splits = createTrafficSplits({ database, ...replica, fleet, telemetry: fakeTelemetry(() => []) });
  const sticky = { by: 'cookie', name: 'sid' } as const;
  await replica.applyChange({
    author: ada,
    source: 'cli',
    reason: '',
    edit: () => ({ upserts: [{ kind: 'TrafficSplit', service: 'orders', weights, sticky }] }),
  });
  const edited = weights.map(({ version, weight }) => ({ version, weight: 100 - weight }));
  await splits.update(ada, { service: 'orders', baseRevision: 1, weights: edited, reason: '' });
  expect(replica.configStore.resource('TrafficSplit', 'orders')).toEqual({
    kind: 'TrafficSplit',
    service: 'orders',
    weights: edited,
    sticky,
  });

  const header = { by: 'header', name: 'x-user' } as const;
  await splits.update(ada, {
    service: 'orders',
    baseRevision: 2,
    weights: edited,
    sticky: header,
    reason: '',
  });
  expect(await splits.get({ windowMs, service: 'orders' })).toMatchObject({ revision: 3, sticky: header });
  await splits.update(ada, { service: 'orders', baseRevision: 3, weights: edited, sticky: null, reason: '' });
  expect(replica.configStore.resource('TrafficSplit', 'orders')).toEqual({
    kind: 'TrafficSplit',
    service: 'orders',
    weights: edited,
  });
});
