import { flushCompileCache } from 'node:module';
import { connect } from '@tulle/prisma/database';
import { fakeFleet, silent, startReplica } from '../changes/test-mesh.ts';
import { createRolloutStore } from './rollout-store.ts';
import { createRolloutRunner } from './runner.ts';
import { fakeTelemetry } from './test-rollouts.ts';

/**
 * A runner in a process of its own, for the spec that kills it: with kill -9 at the nth of the points it comes to, which
 * lie before and after each change through the gate and each stored transition. 0 kills it nowhere. With a clock that
 * stands still at a given time, looking at a rollout is such a point too.
 */
const [url = '', nth = '0', clock] = process.argv.slice(2);
const now = clock === undefined ? Date.now : () => Number(clock);
let pointsLeft = Number(nth);

function crashPoint(): void {
  pointsLeft -= 1;
  if (pointsLeft === 0) process.kill(process.pid, 'SIGKILL');
}

async function betweenCrashPoints<T>(act: () => Promise<T>): Promise<T> {
  crashPoint();
  const result = await act();
  crashPoint();
  return result;
}

const database = await connect(url);
const fleet = fakeFleet({ orders: ['v1', 'v2'] });
const replica = await startReplica(database, fleet);
const store = createRolloutStore({ database });
const runner = createRolloutRunner({
  database,
  notifications: replica.notifications,
  fleet,
  applyChange: (request) => betweenCrashPoints(() => replica.applyChange(request)),
  store: {
    ...store,
    ...(clock !== undefined && { find: (id: string) => betweenCrashPoints(() => store.find(id)) }),
    persist: (...step) => betweenCrashPoints(() => store.persist(...step)),
  },
  now,
  telemetry: fakeTelemetry(() => [
    { version: 'v1', requests: 500, errors: 0 },
    { version: 'v2', requests: 500, errors: 0 },
  ]),
  bus: { publish: () => undefined },
  logger: silent,
});
// Who is killed leaves nothing behind for the next one.
flushCompileCache();
await runner.start();
