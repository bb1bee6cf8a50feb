import { defaultPolicy } from '@tulle/mesh/policy';
import { type RolloutSpec, rolloutSpecSchema } from '@tulle/mesh/rollout/spec';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada, bob, fakeFleet, split } from '../changes/test-mesh.ts';
import { applyEffect } from './apply-effect.ts';
import { rolloutChannel } from './rollout-store.ts';
import {
  type FakeTraffic,
  fakeTelemetry,
  type RolloutReplica,
  startRolloutReplica,
  untilRollout,
} from './test-rollouts.ts';

const versions = { orders: ['v1', 'v2', 'v3'], cart: ['v1', 'v2'] };
const fleet = fakeFleet(versions);
const good: readonly FakeTraffic[] = [
  { version: 'v1', requests: 800, errors: 0 },
  { version: 'v2', requests: 200, errors: 0 },
];
const bad: readonly FakeTraffic[] = [
  { version: 'v1', requests: 800, errors: 0 },
  { version: 'v2', requests: 200, errors: 70 },
];

function spec(steps: readonly object[], more: Partial<RolloutSpec> = {}): RolloutSpec {
  return rolloutSpecSchema.parse({ service: 'orders', stable: 'v1', candidate: 'v2', steps, ...more });
}

describe('rollouts', () => {
  let database: Database;
  let replica: RolloutReplica;
  let traffic: readonly FakeTraffic[];
  let ahead: number;
  beforeEach(async () => {
    traffic = good;
    ahead = 0;
    database = await testDatabase();
    replica = await startReplicaWithTraffic();
    await setSplit('orders');
    await setSplit('cart');
  });
  afterEach(async () => {
    await replica.stop();
    await database.close();
  });

  const startReplicaWithTraffic = () =>
    startRolloutReplica(
      database,
      fleet,
      fakeTelemetry(() => traffic),
      () => Date.now() + ahead,
    );
  const setSplit = (service: string) =>
    replica.applyChange({
      author: ada,
      source: 'dashboard',
      reason: '',
      edit: () => ({ upserts: [split(service, ['v1', 100])] }),
    });
  const until = (id: string, phase: string) =>
    untilRollout(
      { database, notifications: replica.notifications },
      id,
      ({ state }) => state.phase === phase,
    );
  const weights = () =>
    Object.fromEntries(
      (replica.configStore.resource('TrafficSplit', 'orders')?.weights ?? []).map(({ version, weight }) => [
        version,
        weight,
      ]),
    );

  it('moves weights and leaves the rest of the split as it was', async () => {
    const sticky = { by: 'source' } as const;
    const set = {
      kind: 'TrafficSplit',
      service: 'orders',
      weights: [{ version: 'v1', weight: 100 }],
      sticky,
    } as const;
    await replica.applyChange({
      author: ada,
      source: 'cli',
      reason: '',
      edit: () => ({ upserts: [{ ...set, weights: [...set.weights] }] }),
    });
    await replica.runner.start();
    const { id } = await replica.rollouts.create(
      ada,
      spec([{ type: 'setWeight', weight: 20 }, { type: 'pause' }]),
    );
    await until(id, 'waiting-resume');
    expect(weights()).toEqual({ v1: 80, v2: 20 });
    expect(replica.configStore.resource('TrafficSplit', 'orders')?.sticky).toEqual(sticky);
  });

  it('goes through weights, approval, pause and analysis to the end, and says so', async () => {
    await replica.runner.start();
    const { id } = await replica.rollouts.create(
      ada,
      spec(
        [
          { type: 'setWeight', weight: 20 },
          { type: 'approval', approvals: 2 },
          { type: 'pause', durationMs: 1_000 },
          { type: 'analysis', durationMs: 1_000, rule: { minRequests: 50 } },
          { type: 'setWeight', weight: 60 },
          { type: 'pause' },
        ],
        { reason: 'faster <b>orders</b>' },
      ),
    );
    await until(id, 'waiting-approval');
    expect(weights()).toEqual({ v1: 80, v2: 20 });
    const waiting = await replica.rollouts.act(bob, { id, action: 'approve', comment: 'looks fine' });
    expect(waiting.row).toMatchObject({
      phase: 'waiting-approval',
      needsPerson: true,
      setWeight: 20,
      observed: 20,
    });
    expect(waiting.steps.map(({ state }) => state)).toEqual(['done', 'now', 'next', 'next', 'next', 'next']);
    expect(waiting.steps[1]?.note).toBe('1 of 2 approvals · by Bob');
    expect(waiting.actions.approve.allowed).toBe(false);
    await expect(replica.rollouts.act(bob, { id, action: 'approve', comment: '' })).rejects.toMatchObject({
      code: 'action_not_allowed',
    });
    await replica.rollouts.act(ada, { id, action: 'approve', comment: '' });

    const held = await until(id, 'waiting-resume');
    expect(weights()).toEqual({ v1: 40, v2: 60 });
    const visited = held.state.visited.find(({ stepIndex }) => stepIndex === 2);
    expect((visited?.endedAt ?? 0) - (visited?.startedAt ?? 0)).toBeGreaterThanOrEqual(1_000);
    await replica.rollouts.act(ada, { id, action: 'resume', comment: '' });
    await until(id, 'completed');
    expect(weights()).toEqual({ v1: 0, v2: 100 });

    const view = await replica.rollouts.get({ id });
    expect(view.steps.map(({ note }) => note)).toEqual([
      'observed 20\u2009%',
      'approved by Bob and Ada',
      '1\u2009s',
      'passed · 200 requests',
      expect.any(String),
      expect.any(String),
    ]);
    expect(view.row.stepText).toBe('All 6 steps done');
    expect(view.outcome).toBe('All steps done. All traffic goes to v2.');
    expect(view.timeline.map(({ type }) => type).toReversed()).toEqual([
      'started',
      'weight-set',
      'step',
      'approved',
      'approved',
      'step',
      'step',
      'analysis-passed',
      'weight-set',
      'step',
      'resumed',
      'weight-set',
      'completed',
    ]);
    expect(view.timeline.at(-1)).toMatchObject({
      actor: 'Ada',
      text: 'started the rollout from v1 to v2',
      comment: 'faster <b>orders</b>',
    });
    const set = view.timeline.filter(({ type }) => type === 'weight-set');
    for (const { revision } of set) {
      expect(await database.prisma.change.findUnique({ where: { revision: revision ?? 0 } })).toMatchObject({
        source: 'rollout',
        rolloutId: id,
      });
    }
    expect(await replica.rollouts.list({ active: true })).toEqual([]);
    expect(await replica.rollouts.list({ service: 'orders' })).toHaveLength(1);
  });

  it('returns all traffic to stable when the analysis fails, with its verdict', async () => {
    traffic = bad;
    await replica.runner.start();
    const { id } = await replica.rollouts.create(
      ada,
      spec([
        { type: 'setWeight', weight: 20 },
        { type: 'analysis', durationMs: 60_000, rule: { minRequests: 50 } },
        { type: 'setWeight', weight: 100 },
      ]),
    );
    await until(id, 'failed');
    expect(weights()).toEqual({ v1: 100, v2: 0 });
    const view = await replica.rollouts.get({ id });
    expect(view.steps.map(({ state }) => state)).toEqual(['done', 'failed', 'skipped']);
    expect(view.verdict?.state).toBe('fail');
    expect(view.outcome).toMatch(/^The analysis failed: .* All traffic goes back to v1\.$/);
  });

  it('returns all traffic to stable when it is told of an abort on another replica', async () => {
    await replica.runner.start();
    const other = await startReplicaWithTraffic();
    const { id } = await other.rollouts.create(
      ada,
      spec([
        { type: 'setWeight', weight: 50 },
        { type: 'analysis', durationMs: 600_000 },
      ]),
    );
    await until(id, 'analysing');
    await other.rollouts.act(bob, { id, action: 'abort', comment: 'phones ring' });
    await until(id, 'aborted');
    expect(weights()).toEqual({ v1: 100, v2: 0 });
    const { outcome, timeline } = await other.rollouts.get({ id });
    expect(outcome).toBe('Aborted by Bob: phones ring. All traffic goes back to v1.');
    expect(timeline[0]).toMatchObject({ type: 'returned', revision: replica.configStore.revision() });
    await other.stop();
  });

  it('waits while another replica leads, and takes over when that one stops', async () => {
    const other = await startReplicaWithTraffic();
    await other.runner.start();
    const first = await other.rollouts.create(
      ada,
      spec([{ type: 'setWeight', weight: 10 }, { type: 'pause' }, { type: 'setWeight', weight: 90 }]),
    );
    await until(first.id, 'waiting-resume');
    await replica.runner.start();
    await other.stop();
    await replica.rollouts.act(ada, { id: first.id, action: 'resume', comment: '' });
    await until(first.id, 'completed');
    expect(weights()).toEqual({ v1: 0, v2: 100 });
  });

  it('pauses at any time and goes on where it was', async () => {
    await replica.runner.start();
    const { id } = await replica.rollouts.create(
      ada,
      spec([
        { type: 'setWeight', weight: 10 },
        { type: 'pause', durationMs: 600_000 },
      ]),
    );
    await until(id, 'waiting-time');
    const paused = await replica.rollouts.act(bob, { id, action: 'pause', comment: 'lunch' });
    expect(paused.row).toMatchObject({ phase: 'paused', needsPerson: true });
    expect(paused.stepEndsAt).toBeNull();
    const resumed = await replica.rollouts.act(bob, { id, action: 'resume', comment: '' });
    expect(resumed.stepEndsAt).toBeGreaterThan(Date.now());
    ahead = 600_000;
    await database.pool.query('SELECT pg_notify($1, $2)', [rolloutChannel, id]);
    await until(id, 'completed');
  });

  it('does not carry out an effect that the rollout no longer asks for', async () => {
    const { id } = await replica.rollouts.create(ada, spec([{ type: 'setWeight', weight: 30 }]));
    const late = await untilRollout(
      { database, notifications: replica.notifications },
      id,
      ({ state }) => state.effect !== null,
    );
    await replica.rollouts.act(bob, { id, action: 'abort', comment: '' });
    expect(late.state.effect).not.toBeNull();
    if (late.state.effect !== null) {
      const outcome = await applyEffect(late, late.state.effect, { ...replica, fleet, now: Date.now });
      expect(outcome).toEqual({ applied: false, why: 'outdated' });
    }
    expect(weights()).toEqual({ v1: 100 });
    await replica.runner.start();
    await until(id, 'aborted');
  });

  it('says in the timeline what keeps it from going on, and still can be aborted', async () => {
    await replica.applyChange({
      author: ada,
      source: 'dashboard',
      reason: '',
      edit: () => ({ upserts: [defaultPolicy('orders')] }),
    });
    const { id } = await replica.rollouts.create(ada, spec([{ type: 'setWeight', weight: 30 }]));
    versions.orders = ['v1', 'v3'];
    await replica.runner.start();
    const obstacle = untilRollout({ database, notifications: replica.notifications }, id, () => true);
    await obstacle;
    await untilObstacle(id);
    await replica.rollouts.act(ada, { id, action: 'abort', comment: '' });
    await until(id, 'aborted');
    versions.orders = ['v1', 'v2', 'v3'];
    const { timeline } = await replica.rollouts.get({ id });
    expect(timeline.filter(({ type }) => type === 'obstacle')).toMatchObject([
      { text: 'Cannot set the weight: orders has no version v2; known are v1, v3. Trying again.' },
    ]);
  });

  async function untilObstacle(id: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      database.prisma.rolloutEvent
        .count({ where: { rolloutId: id, type: 'obstacle' } })
        .then((count) => count > 0 && resolve(), reject);
    };
    const stop = await replica.notifications.listen('tulle_rollout', { onPayload: look });
    look();
    await promise.finally(stop);
  }

  it('refuses to start from what it cannot end', async () => {
    const steps = [{ type: 'setWeight', weight: 10 }];
    const create = (more: Partial<RolloutSpec>) => replica.rollouts.create(ada, spec(steps, more));
    await expect(create({ service: 'nowhere' })).rejects.toMatchObject({ code: 'unknown_service' });
    await expect(create({ candidate: 'v9' })).rejects.toMatchObject({
      code: 'unknown_version',
      message: 'orders has no running instance of v9; running are v1, v2 and v3.',
    });
    const { id } = await create({});
    await expect(create({})).rejects.toMatchObject({ code: 'rollout_active', details: { rolloutId: id } });
    await expect(setSplit('orders').then(() => create({}))).rejects.toMatchObject({ code: 'rollout_active' });
    await replica.runner.start();
    await replica.rollouts.act(ada, { id, action: 'abort', comment: '' });
    await until(id, 'aborted');
    await expect(create({ candidate: 'v3', stable: 'v2' })).rejects.toMatchObject({
      code: 'action_not_allowed',
    });
    for (const weight of [-1, 101, 1e308, Number.NaN]) {
      expect(
        rolloutSpecSchema.safeParse({ ...spec(steps), steps: [{ type: 'setWeight', weight }] }).success,
      ).toBe(false);
    }
  });
});
