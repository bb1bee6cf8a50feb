import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResources } from '../resources/resources.ts';
import { createChanges } from './changes.ts';
import { ada, bob, fakeFleet, split, startReplica, type TestReplica } from './test-mesh.ts';
import type { Changes } from './view.ts';

const fleet = fakeFleet({ orders: ['v1', 'v2'], cart: ['v1', 'v2'] });

describe('changes', () => {
  let database: Database;
  let replica: TestReplica;
  let changes: Changes;
  beforeAll(async () => {
    database = await testDatabase();
    replica = await startReplica(database, fleet);
    changes = createChanges({ database, applyChange: replica.applyChange });
  });
  afterAll(async () => {
    await replica.stop();
    await database.close();
  });

  const set = (service: string, weight: number, person = ada, reason = '') =>
    replica.applyChange({
      author: person,
      source: 'dashboard',
      reason,
      edit: () => ({ upserts: [split(service, ['v1', 100 - weight], ['v2', weight])] }),
    });

  it('say in words what differs, who did it and why', async () => {
    const { revision } = await set('orders', 10, ada, 'try v2');
    const next = await set('orders', 50, bob, 'more of it');
    expect(await changes.get({ revision })).toMatchObject({
      author: 'Ada',
      reason: 'try v2',
      source: 'dashboard',
      entries: [{ kind: 'TrafficSplit', service: 'orders', action: 'create' }],
    });
    const view = await changes.get({ revision: next.revision });
    expect(view.entries).toMatchObject([
      {
        action: 'update',
        fields: [
          { path: 'weights.v1', sentence: 'v1 90\u2009% → 50\u2009%' },
          { path: 'weights.v2', sentence: 'v2 10\u2009% → 50\u2009%' },
        ],
      },
    ]);
    expect(view.acks).toEqual({ agents: 0, acked: 0, rejected: [], waiting: [], lastAckMs: null });
    await expect(changes.get({ revision: 4_000 })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('sum up what the agents answered', async () => {
    const { revision } = await set('orders', 55);
    const answers = [
      { state: 'acked', latencyMs: 12, reason: null },
      { state: 'acked', latencyMs: 41, reason: null },
      { state: 'rejected', latencyMs: 99, reason: 'no such <b>port</b>' },
      { state: 'waiting', latencyMs: null, reason: null },
    ];
    for (const [index, answer] of answers.entries()) {
      const agent = await database.prisma.agent.create({
        data: { instance: `shop-${index}`, service: 'shop', version: 'v1' },
      });
      await database.prisma.changeAck.create({ data: { revision, agentId: agent.id, ...answer } });
    }
    expect((await changes.get({ revision })).acks).toEqual({
      agents: 4,
      acked: 2,
      rejected: [{ instance: 'shop-2', reason: 'no such <b>port</b>' }],
      waiting: ['shop-3'],
      lastAckMs: 41,
    });
  });

  it('come in pages, the newest first, of all services or one', async () => {
    for (let weight = 1; weight <= 5; weight++) await set('cart', weight);
    const first = await changes.list({ service: 'cart', limit: 2 });
    expect(first.changes.map(({ entries }) => entries[0]?.service)).toEqual(['cart', 'cart']);
    const second = await changes.list({ service: 'cart', limit: 3, before: first.next ?? undefined });
    expect(second.changes).toHaveLength(3);
    expect(second.next).toBeNull();
    const all = await changes.list({ limit: 200 });
    expect(all.changes.map(({ revision }) => revision)).toEqual(
      Array.from(
        { length: replica.configStore.revision() },
        (_, index) => replica.configStore.revision() - index,
      ),
    );
    expect(await changes.list({ service: 'nowhere', limit: 5 })).toEqual({ changes: [], next: null });
  });

  it('are taken back by a revert, which is a change of its own', async () => {
    await set('orders', 20);
    const { revision } = await set('orders', 80);
    expect((await changes.get({ revision })).revertBlocked).toBeNull();
    const reverted = await changes.revert(bob, { revision, reason: '' });
    expect(reverted).toMatchObject({ revision: revision + 1, changed: true });
    expect(replica.configStore.resource('TrafficSplit', 'orders')).toEqual(
      split('orders', ['v1', 80], ['v2', 20]),
    );
    expect(await changes.get({ revision: revision + 1 })).toMatchObject({
      author: 'Bob',
      reason: `Revert revision ${revision}`,
    });
  });

  it('undo creation by deletion, and deletion by creation', async () => {
    const resources = createResources(replica);
    const yaml = 'kind: AccessRule\nservice: orders\nallow: [cart]\n';
    const created = await resources.apply(ada, { yaml, reason: '', dryRun: false });
    await changes.revert(ada, { revision: created.revision, reason: 'oops' });
    expect(replica.configStore.resource('AccessRule', 'orders')).toBeUndefined();
    await changes.revert(ada, { revision: created.revision + 1, reason: '' });
    expect(replica.configStore.resource('AccessRule', 'orders')).toMatchObject({ allow: ['cart'] });
  });

  it('cannot be taken back past a later one, or while a rollout owns the split', async () => {
    const { revision } = await set('orders', 33);
    const later = await set('orders', 34, bob);
    const obstacle = `TrafficSplit/orders was changed again in revision ${later.revision} by Bob; revert that one first.`;
    expect((await changes.get({ revision })).revertBlocked).toBe(obstacle);
    await expect(changes.revert(ada, { revision, reason: '' })).rejects.toThrow(obstacle);

    await database.prisma.rollout.create({
      data: { service: 'orders', spec: {}, state: {}, phase: 'paused', createdBy: 'Bob' },
    });
    const owned = await changes.get({ revision: later.revision });
    expect(owned.revertBlocked).toBe(
      'A rollout of orders is running and sets its split; wait until it ends, or abort it.',
    );
    await expect(changes.revert(ada, { revision: later.revision, reason: '' })).rejects.toMatchObject({
      code: 'owned_by_rollout',
    });
  });
});
