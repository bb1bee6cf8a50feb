import { MeshError } from '@tulle/mesh/errors';
import { type Resource, resourceSchema } from '@tulle/mesh/resource';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeRequest } from './apply-change.ts';
import { ada, bob, fakeFleet, split, startReplica, type TestReplica } from './test-mesh.ts';

const fleet = fakeFleet({ orders: ['v1', 'v2', 'v3'], cart: ['v1', 'v2'] });

describe('the gate', () => {
  let database: Database;
  let replica: TestReplica;
  beforeAll(async () => {
    database = await testDatabase();
    replica = await startReplica(database, fleet);
  });
  afterAll(async () => {
    await replica.stop();
    await database.close();
  });

  const apply = (
    upserts: readonly Resource[],
    options: Partial<ChangeRequest> & { by?: typeof ada } = {},
  ) => {
    const { by = ada, ...request } = options;
    return replica.applyChange({
      author: by,
      source: 'dashboard',
      reason: '',
      edit: () => ({ upserts }),
      ...request,
    });
  };
  beforeEach(async () => {
    await apply([split('orders', ['v1', 100]), split('cart', ['v1', 100])]);
  });

  it('records who, why and what, and holds the new resources', async () => {
    const before = replica.configStore.revision();
    const applied = await apply([split('orders', ['v1', 80], ['v2', 20])], { reason: 'try v2' });
    expect(applied).toMatchObject({ revision: before + 1, changed: true, agents: 3, services: ['orders'] });
    expect(replica.configStore.revision()).toBe(before + 1);
    expect(replica.configStore.resource('TrafficSplit', 'orders')?.weights).toEqual([
      { version: 'v1', weight: 80 },
      { version: 'v2', weight: 20 },
    ]);
    const change = await database.prisma.change.findUniqueOrThrow({
      where: { revision: applied.revision },
      include: { entries: true },
    });
    expect(change).toMatchObject({ author: 'Ada', authorId: 'ada', source: 'dashboard', reason: 'try v2' });
    expect(change.entries).toMatchObject([
      { kind: 'TrafficSplit', service: 'orders', before: split('orders', ['v1', 100]) },
    ]);
    const stored = await database.prisma.resource.findUniqueOrThrow({
      where: { kind_service: { kind: 'TrafficSplit', service: 'orders' } },
    });
    expect(stored).toMatchObject({
      revision: applied.revision,
      value: split('orders', ['v1', 80], ['v2', 20]),
    });
  });

  it('makes no revision when nothing differs, in whatever order it is written', async () => {
    const { revision } = await apply([split('orders', ['v1', 80], ['v2', 20])]);
    expect(await apply([split('orders', ['v2', 20], ['v1', 80])])).toMatchObject({
      revision,
      changed: false,
    });
    expect(await database.prisma.change.count()).toBe(revision);
  });

  it('lets exactly one of twenty writers with the same base win, and numbers without holes', async () => {
    const base = replica.configStore.revision();
    const other = await startReplica(database, fleet);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => {
        const service = index % 2 === 0 ? 'orders' : 'cart';
        const writer = index % 4 < 2 ? replica : other;
        return writer.applyChange({
          author: { name: `writer ${index}` },
          source: 'dashboard',
          reason: '',
          baseRevision: base,
          edit: () => ({ upserts: [split(service, ['v1', 100 - index - 1], ['v2', index + 1])] }),
        });
      }),
    );
    const won = results.filter((result) => result.status === 'fulfilled');
    const lost = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
    expect(won.flatMap(({ value }) => value.services).sort()).toEqual(['cart', 'orders']);
    expect(lost).toHaveLength(18);
    for (const error of lost) expect(error).toMatchObject({ code: 'stale_revision' });
    const revisions = await database.prisma.change.findMany({ orderBy: { revision: 'asc' } });
    expect(revisions.map(({ revision }) => revision)).toEqual(revisions.map((_, index) => index + 1));
    expect(replica.configStore.revision()).toBe(base + 2);
    await other.stop();
  });

  it('says who changed what and when to whoever comes late', async () => {
    const base = replica.configStore.revision();
    await apply([split('orders', ['v1', 50], ['v2', 50])], { by: bob, reason: 'half and half' });
    const late = apply([split('orders', ['v1', 90], ['v2', 10])], { baseRevision: base });
    await expect(late).rejects.toThrow(
      `Bob changed TrafficSplit/orders now in revision ${base + 1} (“half and half”); look at it and decide again.`,
    );
    await expect(late).rejects.toMatchObject({
      code: 'stale_revision',
      details: {
        conflicts: [{ author: 'Bob', revision: base + 1, kind: 'TrafficSplit', service: 'orders' }],
      },
    });
  });

  it('lets an edit of something else pass on an old base', async () => {
    const base = replica.configStore.revision();
    await apply([split('orders', ['v1', 50], ['v2', 50])]);
    expect(await apply([split('cart', ['v1', 50], ['v2', 50])], { baseRevision: base })).toMatchObject({
      changed: true,
    });
    await expect(apply([split('cart', ['v1', 100])], { baseRevision: 10_000 })).rejects.toMatchObject({
      code: 'stale_revision',
    });
  });

  it('applies an effect once, and gives a repeated one the first revision', async () => {
    const request = { effectId: 'rollout/3', source: 'rollout' as const };
    const first = await apply([split('orders', ['v1', 40], ['v2', 60])], request);
    await apply([split('cart', ['v1', 40], ['v2', 60])]);
    const again = await apply([split('orders', ['v1', 40], ['v2', 60])], request);
    expect(again).toEqual(first);
    expect(await database.prisma.change.count()).toBe(first.revision + 1);
  });

  it('writes nothing in a dry run, nor when the guard or the edit refuses', async () => {
    const revision = replica.configStore.revision();
    const dry = await apply([split('orders', ['v1', 1], ['v2', 99])], { dryRun: true });
    expect(dry).toMatchObject({ revision, changed: true });
    expect(dry.entries).toHaveLength(1);
    const refuse = async () => {
      throw new MeshError('action_not_allowed', 'No longer wanted.');
    };
    await expect(apply([split('orders', ['v2', 100])], { guard: refuse })).rejects.toThrow(
      'No longer wanted.',
    );
    expect(await database.prisma.change.count()).toBe(revision);
    expect(replica.configStore.resource('TrafficSplit', 'orders')).toEqual(split('orders', ['v1', 100]));
  });

  it('refuses what is unsound with its code, and writes none of it', async () => {
    const revision = replica.configStore.revision();
    const good = split('cart', ['v1', 10], ['v2', 90]);
    await expect(apply([good, split('orders', ['v9', 100])])).rejects.toMatchObject({
      code: 'unknown_version',
      message: 'orders has no version v9; known are v1, v2, v3.',
    });
    await expect(apply([good, split('nowhere', ['v1', 100])])).rejects.toMatchObject({
      code: 'unknown_service',
    });
    for (const weights of [
      [-1, 101],
      [1e308, 0],
      [Number.NaN, 100],
      [50, 60],
    ] as const) {
      const bad = split('orders', ['v1', weights[0]], ['v2', weights[1]]);
      await expect(apply([good, bad])).rejects.toMatchObject({ code: 'invalid_resource' });
    }
    await expect(apply([good, good])).rejects.toMatchObject({ code: 'already_exists' });
    expect(replica.configStore.revision()).toBe(revision);
    expect(await database.prisma.change.count()).toBe(revision);
  });

  it('refuses edits by hand of a split that a rollout owns, and to delete its service, and says which', async () => {
    const { id } = await database.prisma.rollout.create({
      data: { service: 'cart', spec: {}, state: {}, phase: 'waiting-approval', createdBy: 'Bob' },
    });
    const edit = [split('cart', ['v1', 70], ['v2', 30])];
    await expect(apply(edit)).rejects.toMatchObject({ code: 'owned_by_rollout', details: { rolloutId: id } });
    await expect(apply(edit)).rejects.toThrow('set by a rollout that Bob started (waiting for approval)');
    expect(await apply(edit, { rolloutId: id })).toMatchObject({ changed: true });
    await apply([resourceSchema.parse({ kind: 'Service', name: 'cart' })]);
    const deletion = apply([], { edit: () => ({ deletes: [{ kind: 'Service', service: 'cart' }] }) });
    await expect(deletion).rejects.toThrow('Service/cart is needed by a rollout that Bob started');
    await database.prisma.rollout.delete({ where: { id } });
  });

  it('stores markup in names and reasons as the text it is', async () => {
    const html = '<img src=x onerror=alert(1)>';
    const { revision } = await apply([split('orders', ['v3', 100])], {
      by: { ...ada, name: html },
      reason: html,
    });
    expect(await database.prisma.change.findUnique({ where: { revision } })).toMatchObject({
      author: html,
      reason: html,
    });
  });
});
