import { MeshError } from '@tulle/mesh/errors';
import { act } from '@tulle/mesh/rollout/actions';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { Fleet } from '../agents/fleet.ts';
import type { ApplyChange } from '../changes/apply-change.ts';
import type { ConfigStore } from '../changes/config-store.ts';
import type { Notifications } from '../changes/notifications.ts';
import type { LiveBus } from '../live/bus.ts';
import type { Person } from '../people/person.ts';
import type { TelemetryStore } from '../telemetry/store.ts';
import { finalPhases } from './active-rollouts.ts';
import { createRollout } from './create-rollout.ts';
import { createRolloutStore, type StoredRollout, storedRollout } from './rollout-store.ts';
import { rolloutView } from './rollout-view.ts';
import { rowView } from './row-view.ts';
import { createRolloutRunner, type RolloutRunner } from './runner.ts';
import type { Rollouts, RolloutView } from './view.ts';

export interface RolloutDependencies {
  readonly database: Pick<Database, 'prisma' | 'url'>;
  readonly notifications: Notifications;
  readonly configStore: ConfigStore;
  readonly fleet: Fleet;
  readonly telemetry: TelemetryStore;
  readonly applyChange: ApplyChange;
  readonly bus: LiveBus;
  readonly logger: Logger;
  readonly now?: () => number;
}

const maxListed = 200;
/** How often somebody else may be quicker before a person is told. */
const maxAttempts = 10;
const observedWindowMs = 60_000;

/** Rollouts as people see and steer them, on every replica, and the runner, which works in one of them. */
export function createRollouts(dependencies: RolloutDependencies): {
  rollouts: Rollouts;
  runner: RolloutRunner;
} {
  const { database, configStore, telemetry, bus, now = Date.now } = dependencies;
  const { prisma } = database;
  const store = createRolloutStore({ database, now });
  const runner = createRolloutRunner({ ...dependencies, store });

  async function find(id: string): Promise<StoredRollout> {
    const rollout = await store.find(id);
    if (rollout === undefined) throw new MeshError('not_found', 'There is no such rollout.');
    return rollout;
  }

  async function view(rollout: StoredRollout, person?: Person): Promise<RolloutView> {
    const events = await prisma.rolloutEvent.findMany({
      where: { rolloutId: rollout.id },
      orderBy: { id: 'desc' },
    });
    return rolloutView({ rollout, events, configStore, telemetry, now: now(), personId: person?.id });
  }

  async function list({ service, active }: Parameters<Rollouts['list']>[0]) {
    const to = now();
    const [rows, edges] = await Promise.all([
      prisma.rollout.findMany({
        where: {
          ...(service !== undefined && { service }),
          ...(active !== undefined && {
            phase: active ? { notIn: finalPhases } : { in: finalPhases },
          }),
        },
        orderBy: { createdAt: 'desc' },
        take: maxListed,
      }),
      telemetry.edges(
        { from: to - observedWindowMs, to },
        service === undefined ? {} : { destination: service },
      ),
    ]);
    return rows.map((row) => {
      const rollout = storedRollout(row);
      const served = edges.filter(({ destination }) => destination === rollout.spec.service);
      return rowView(rollout, served, configStore, to);
    });
  }

  return {
    runner,
    rollouts: {
      list,
      get: async ({ id }, person) => view(await find(id), person),

      create: async (person, spec) => {
        const created = await createRollout(person, spec, { ...dependencies, now });
        runner.wake(created.id);
        bus.publish({ type: 'rollout', id: created.id, service: spec.service });
        return created;
      },

      act: async (person, { id, action, comment }) => {
        for (let attempt = 0; attempt < maxAttempts; attempt++) {
          const rollout = await find(id);
          // Throws when the state, as it is now, forbids the action.
          const transition = act(rollout, action, { id: person.id, name: person.name }, comment, now());
          if (!(await store.persist(rollout, transition))) continue;
          runner.wake(id);
          bus.publish({ type: 'rollout', id, service: rollout.spec.service });
          return view(await find(id), person);
        }
        throw new MeshError('unavailable', 'The rollout keeps moving on; look at it and try again.');
      },
    },
  };
}
