import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { rolloutSpecSchema } from '@tulle/mesh/rollout/spec';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada, bob, fakeFleet } from '../changes/test-mesh.ts';
import { rolloutChannel, storedRollout } from './rollout-store.ts';
import { fakeTelemetry, type RolloutReplica, startRolloutReplica, untilRollout } from './test-rollouts.ts';

const script = fileURLToPath(new URL('./test-runner-process.ts', import.meta.url));
const hourMs = 3_600_000;
const opens = Date.parse('2026-12-20T16:00Z');
const closes = opens + 24 * hourMs;
const holidays = {
  from: new Date(opens).toISOString(),
  to: new Date(closes).toISOString(),
  timeZone: 'Europe/Berlin',
  reason: 'holidays',
};
const spec = (...steps: object[]) =>
  rolloutSpecSchema.parse({
    service: 'orders',
    stable: 'v1',
    candidate: 'v2',
    steps: [{ type: 'setWeight', weight: 20 }, ...steps],
    freezeWindows: [holidays],
  });

describe('a freeze window', { timeout: 120_000 }, () => {
  let database: Database;
  let replica: RolloutReplica;
  let now: number;
  beforeEach(async () => {
    now = opens + hourMs;
    database = await testDatabase();
    replica = await startRolloutReplica(
      database,
      fakeFleet({ orders: ['v1', 'v2'] }),
      fakeTelemetry(() => []),
      () => now,
    );
  });
  afterEach(async () => {
    await replica.stop();
    await database.close();
  });

  const until = (id: string, phase: string) =>
    untilRollout(
      { database, notifications: replica.notifications },
      id,
      ({ state }) => state.phase === phase,
    );
  const read = async (id: string) =>
    storedRollout(await database.prisma.rollout.findUniqueOrThrow({ where: { id } }));
  const wakeRunner = (id: string) => database.pool.query('SELECT pg_notify($1, $2)', [rolloutChannel, id]);
  const act = (id: string, action: 'approve' | 'goOn' | 'abort', comment = '') =>
    replica.rollouts.act(bob, { id, action, comment });

  it('holds a rollout up, says until when, and lets go what somebody lets through', async () => {
    const { id } = await replica.rollouts.create(ada, spec({ type: 'approval' }));
    const held = await replica.rollouts.get({ id });
    expect(held.row).toMatchObject({
      phase: 'frozen',
      frozen: 'frozen until Mon 17:00 Europe/Berlin',
      needsPerson: false,
    });
    expect(held).toMatchObject({
      stepEndsAt: closes,
      freeze: { until: closes, end: 'Mon 17:00 Europe/Berlin', reason: 'holidays' },
    });
    expect(held.steps[0]).toMatchObject({ state: 'now', note: 'frozen until Mon 17:00 Europe/Berlin' });
    expect(held.timeline[0]?.text).toBe('Frozen until Mon 17:00 Europe/Berlin: holidays');

    await expect(act(id, 'goOn')).rejects.toMatchObject({
      code: 'bad_request',
      issues: [{ path: ['comment'] }],
    });
    await replica.runner.start();
    await act(id, 'goOn', 'the shop is down');
    await until(id, 'waiting-approval');
    // The next one waits again, already approved.
    expect((await act(id, 'approve')).row).toMatchObject({ phase: 'frozen', stepText: '100\u2009%' });
    expect(replica.configStore.resource('TrafficSplit', 'orders')?.weights).toMatchObject([
      { version: 'v1', weight: 80 },
      { version: 'v2', weight: 20 },
    ]);
    const { timeline } = await replica.rollouts.get({ id });
    expect(timeline.find(({ type }) => type === 'went-on')).toMatchObject({
      actor: bob.name,
      text: 'went on through the freeze',
      comment: 'the shop is down',
    });
    now = closes;
    await wakeRunner(id);
    await until(id, 'completed');
  });

  it('that opens before a weight is in force takes it back', async () => {
    now = opens - 1;
    const { id } = await replica.rollouts.create(ada, spec());
    expect((await read(id)).state.effect).not.toBeNull();
    now = opens;
    await replica.runner.start();
    await until(id, 'frozen');
    expect(replica.configStore.resource('TrafficSplit', 'orders')).toBeUndefined();
    await act(id, 'abort', 'not this year');
    await until(id, 'aborted');
  });

  it('is waited for by the next runner when the first is killed with -9', async () => {
    const { id } = await replica.rollouts.create(ada, spec({ type: 'pause' }));
    const before = await read(id);
    for (const point of [1, 2]) {
      const killed = startRunner(database.url, point, closes - hourMs);
      expect(await once(killed, 'exit')).toEqual([null, 'SIGKILL']);
      expect(await read(id)).toEqual(before);
    }
    const next = startRunner(database.url, 0, closes);
    await until(id, 'waiting-resume');
    next.kill('SIGKILL');
    await once(next, 'exit');
    const { timeline } = await replica.rollouts.get({ id });
    const types = ['step', 'weight-set', 'thawed', 'frozen', 'started'];
    expect(timeline.map(({ type }) => type)).toEqual(types);
  });
});

function startRunner(url: string, nth: number, clock: number) {
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  return spawn(process.execPath, [script, url, String(nth), String(clock)], { stdio: [...stdio] });
}
