import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { rolloutSpecSchema } from '@tulle/mesh/rollout/spec';
import { isFinal } from '@tulle/mesh/rollout/state';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, bob, fakeFleet } from '../changes/test-mesh.ts';
import { storedRollout } from './rollout-store.ts';
import { fakeTelemetry, type RolloutReplica, startRolloutReplica } from './test-rollouts.ts';

const script = fileURLToPath(new URL('./test-runner-process.ts', import.meta.url));
const steps = [
  { type: 'setWeight', weight: 20 },
  { type: 'approval', approvals: 2 },
  { type: 'setWeight', weight: 50 },
  { type: 'pause', durationMs: 1_000 },
  { type: 'analysis', durationMs: 1_000, rule: { minRequests: 50 } },
  { type: 'setWeight', weight: 80 },
];

// Some thirty processes are started one after the other, which takes minutes on a busy machine.
describe('a runner that is killed with -9', { timeout: 400_000 }, () => {
  let database: Database;
  let people: RolloutReplica;
  const runners = new Set<ChildProcess>();
  beforeAll(async () => {
    database = await testDatabase();
    people = await startRolloutReplica(
      database,
      fakeFleet({ orders: ['v1', 'v2'] }),
      fakeTelemetry(() => []),
    );
  });
  afterAll(async () => {
    for (const runner of runners) runner.kill('SIGKILL');
    await people.stop();
    await database.close();
  });

  const read = async (id: string) =>
    storedRollout(await database.prisma.rollout.findUniqueOrThrow({ where: { id } }));
  const approve = (id: string) =>
    Promise.all(
      [ada, bob].map((person) => people.rollouts.act(person, { id, action: 'approve', comment: '' })),
    );

  /** Starts runners until the rollout is over, each to be killed one point further until a transition is stored. */
  async function killAtEveryPoint(
    id: string,
    whenApprovalIsAwaited: () => Promise<unknown>,
  ): Promise<number> {
    let kills = 0;
    let nth = 1;
    for (let rollout = await read(id); !isFinal(rollout.state.phase); ) {
      const runner = startRunner(database.url, nth);
      runners.add(runner);
      const exited = once(runner, 'exit');
      if (rollout.state.phase === 'waiting-approval') await whenApprovalIsAwaited();
      expect(await exited).toEqual([null, 'SIGKILL']);
      kills += 1;
      const after = await read(id);
      nth = after.state.transition > rollout.state.transition ? 1 : nth + 1;
      rollout = after;
    }
    return kills;
  }

  async function changesOf(id: string) {
    const changes = await database.prisma.change.findMany({
      where: { rolloutId: id },
      orderBy: { revision: 'asc' },
      include: { entries: true },
    });
    return changes.map(({ entries }) => entries[0]?.after);
  }

  const weights = (v1: number, v2: number) => ({
    kind: 'TrafficSplit',
    service: 'orders',
    weights: [
      { version: 'v1', weight: v1 },
      { version: 'v2', weight: v2 },
    ],
  });

  it('at every point of every transition resumes, skips no approval and applies no step twice', async () => {
    const spec = rolloutSpecSchema.parse({ service: 'orders', stable: 'v1', candidate: 'v2', steps });
    const { id } = await people.rollouts.create(ada, spec);
    const kills = await killAtEveryPoint(id, () => approve(id));
    // Four points for each of the four weights, two for each transition that time or an analysis makes.
    expect(kills).toBeGreaterThanOrEqual(4 * 4 + 2 * 2);

    expect(await changesOf(id)).toEqual([weights(80, 20), weights(50, 50), weights(20, 80), weights(0, 100)]);
    const events = await database.prisma.rolloutEvent.findMany({
      where: { rolloutId: id },
      orderBy: { id: 'asc' },
    });
    expect(events.map(({ type }) => type)).toEqual([
      'started',
      'weight-set',
      'step',
      'approved',
      'approved',
      'weight-set',
      'step',
      'step',
      'analysis-passed',
      'weight-set',
      'weight-set',
      'completed',
    ]);
    const revisions = events.filter(({ type }) => type === 'weight-set').map(({ revision }) => revision);
    expect(new Set(revisions).size).toBe(4);
    expect(revisions).not.toContain(null);
    expect((await read(id)).state).toMatchObject({ phase: 'completed', candidateWeight: 100 });
  });

  it('in the middle of an abort still returns all traffic to stable', async () => {
    const spec = rolloutSpecSchema.parse({ service: 'orders', stable: 'v1', candidate: 'v2', steps });
    const { id } = await people.rollouts.create(ada, spec);
    await killAtEveryPoint(id, () => people.rollouts.act(bob, { id, action: 'abort', comment: 'enough' }));
    expect(await changesOf(id)).toEqual([weights(80, 20), weights(100, 0)]);
    expect((await read(id)).state).toMatchObject({ phase: 'aborted', candidateWeight: 0 });
  });
});

function startRunner(url: string, nth: number): ChildProcess {
  return spawn(process.execPath, [script, url, String(nth)], { stdio: ['ignore', 'inherit', 'inherit'] });
}
