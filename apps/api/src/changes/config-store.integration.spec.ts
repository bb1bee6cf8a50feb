import { defaultPolicy } from '@tulle/mesh/policy';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CommittedChange, ConfigStore } from './config-store.ts';
import { ada, fakeFleet, split, startReplica, type TestReplica } from './test-mesh.ts';

const fleet = fakeFleet({ orders: ['v1', 'v2'], cart: ['v1', 'v2'] });

describe('the declared resources in memory', () => {
  let database: Database;
  let here: TestReplica;
  let there: TestReplica;
  beforeEach(async () => {
    database = await testDatabase();
    here = await startReplica(database, fleet);
    there = await startReplica(database, fleet);
  });
  afterEach(async () => {
    await here.stop();
    await there.stop();
    await database.close();
  });

  const set = (replica: TestReplica, service: string, weight: number) =>
    replica.applyChange({
      author: ada,
      source: 'dashboard',
      reason: '',
      edit: () => ({ upserts: [split(service, ['v1', 100 - weight], ['v2', weight])] }),
    });

  it('follow the commits of another replica, in order and each once', async () => {
    const seen = collect(there.configStore, 10);
    const own: number[] = [];
    here.configStore.onChange(({ revision }) => own.push(revision));
    await Promise.all(Array.from({ length: 10 }, (_, index) => set(here, 'orders', index + 1)));
    const changes = await seen;
    expect(changes.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(own).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(changes[0]?.services).toEqual(['orders']);
    expect(there.configStore.resources()).toEqual(here.configStore.resources());
  });

  it('hold a commit of this replica before its author hears of it', async () => {
    await set(here, 'orders', 1);
    const heard: number[] = [];
    here.configStore.onChange(({ revision }) => heard.push(revision));
    for (let weight = 2; weight < 12; weight++) {
      const { revision } = await set(here, 'orders', weight);
      expect(here.configStore.revision()).toBe(revision);
      expect(heard.at(-1)).toBe(revision);
    }
    expect(heard).toHaveLength(10);
  });

  it('are read anew after the listening connection was lost, and nothing is missed', async () => {
    const back = collect(there.configStore, 3);
    await set(here, 'cart', 50);
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'tulle-listen' AND datname = current_database()`,
    );
    await set(here, 'orders', 7);
    await set(here, 'orders', 8);
    expect((await back).map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(there.configStore.resources()).toEqual(here.configStore.resources());
  });

  it('are complete in a replica that starts later', async () => {
    await set(here, 'orders', 30);
    await here.applyChange({
      author: ada,
      source: 'cli',
      reason: '',
      edit: () => ({ upserts: [split('cart', ['v1', 100])] }),
    });
    await here.applyChange({
      author: ada,
      source: 'cli',
      reason: '',
      edit: () => ({ deletes: [{ kind: 'TrafficSplit', service: 'orders' }] }),
    });
    const late = await startReplica(database, fleet);
    expect(late.configStore.revision()).toBe(3);
    expect(late.configStore.resources()).toEqual([split('cart', ['v1', 100])]);
    await late.stop();
  });

  it('that an older version stored are taken with the defaults of today', async () => {
    await set(here, 'orders', 1);
    const stored = [
      {
        kind: 'Service',
        name: 'cart',
        protocol: 'http',
        port: 80,
        description: '',
        owner: '',
        labels: {},
        endpoints: [{ host: 'legacy', port: 8080, version: 'v1' }],
      },
      {
        kind: 'Policy',
        service: 'cart',
        timeouts: { connectMs: 1_000, requestMs: 5_000, idleMs: 60_000 },
        retries: { attempts: 2 },
        connections: { max: 128, maxPending: 1_024 },
      },
      { kind: 'AccessRule', service: 'cart', allow: ['shop'] },
    ];
    for (const value of stored)
      await database.prisma.resource.create({
        data: { kind: value.kind, service: 'cart', value, revision: 1 },
      });
    const late = await startReplica(database, fleet);
    expect(late.configStore.resource('Service', 'cart')?.endpoints).toEqual([
      { host: 'legacy', port: 8080, version: 'v1', zone: '', weight: 1 },
    ]);
    expect(late.configStore.resource('Policy', 'cart')).toEqual({
      ...defaultPolicy('cart'),
      timeouts: { ...defaultPolicy('cart').timeouts, requestMs: 5_000, idleMs: 60_000 },
      connections: { ...defaultPolicy('cart').connections, max: 128 },
    });
    // What is stored can be edited, and the edit is not taken for a change of all that is new.
    const applied = await late.applyChange({
      author: ada,
      source: 'cli',
      reason: '',
      edit: (current) => ({ upserts: current.all().filter((resource) => resource.kind !== 'TrafficSplit') }),
    });
    expect(applied.changed).toBe(false);
    await late.stop();
  });

  it('keep going when a listener throws', async () => {
    const seen = collect(here.configStore, 1);
    here.configStore.onChange(() => {
      throw new Error('broken listener');
    });
    const after = collect(here.configStore, 1);
    await set(here, 'orders', 3);
    expect(await seen).toHaveLength(1);
    expect(await after).toHaveLength(1);
  });
});

/** The next `count` changes that a store tells of. */
function collect(store: ConfigStore, count: number): Promise<CommittedChange[]> {
  const { promise, resolve } = Promise.withResolvers<CommittedChange[]>();
  const changes: CommittedChange[] = [];
  const stop = store.onChange((change) => {
    changes.push(change);
    if (changes.length < count) return;
    stop();
    resolve(changes);
  });
  return promise;
}
