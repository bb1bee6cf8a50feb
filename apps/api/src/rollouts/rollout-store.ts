import { type RolloutSpec, rolloutSpecSchema } from '@tulle/mesh/rollout/spec';
import {
  isFinal,
  type Rollout,
  type RolloutEvent,
  type RolloutState,
  type RolloutTransition,
  rolloutStateSchema,
} from '@tulle/mesh/rollout/state';
import type { Database } from '@tulle/prisma/database';
import type { Prisma, PrismaClient } from '@tulle/prisma/generated/client';
import { finalPhases } from './active-rollouts.ts';

/** Told of every stored transition, so that the runner wakes and pages look again. */
export const rolloutChannel = 'tulle_rollout';

export interface StoredRollout extends Rollout {
  readonly createdBy: string;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

/** Rollouts in the database. What it returns has been committed. */
export interface RolloutStore {
  find(id: string): Promise<StoredRollout | undefined>;
  activeIds(): Promise<readonly string[]>;
  /**
   * Stores a transition with its events, unless somebody else has moved the rollout since it was read: then it
   * returns false and nothing is written. `revision` is that of the weight whose coming into force this is.
   */
  persist(before: Rollout, transition: RolloutTransition, revision?: number): Promise<boolean>;
  /** Says in the timeline, once, what keeps the rollout from going on. */
  noteObstacle(rollout: Rollout, text: string): Promise<void>;
}

export function createRolloutStore({
  database,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  now?: () => number;
}): RolloutStore {
  const { prisma } = database;

  async function write(
    tx: Prisma.TransactionClient,
    before: Rollout,
    { state, events }: RolloutTransition,
    revision: number | undefined,
  ): Promise<boolean> {
    const { count } = await tx.rollout.updateMany({
      where: { id: before.id, transition: before.state.transition },
      data: {
        state,
        phase: state.phase,
        transition: state.transition,
        finishedAt: isFinal(state.phase) ? new Date(now()) : null,
      },
    });
    if (count === 0) return false;
    await tx.rolloutEvent.createMany({
      data: events.map((event) => ({ rolloutId: before.id, ...eventData(event, revision) })),
    });
    await notifyRollout(tx, before.id);
    return true;
  }

  return {
    find: async (id) => {
      const row = await prisma.rollout.findUnique({ where: { id } });
      return row === null ? undefined : storedRollout(row);
    },

    activeIds: async () => {
      const rows = await prisma.rollout.findMany({
        where: { phase: { notIn: finalPhases } },
        select: { id: true },
      });
      return rows.map(({ id }) => id);
    },

    persist: (before, transition, revision) =>
      prisma.$transaction((tx) => write(tx, before, transition, revision)),

    noteObstacle: async (rollout, text) => {
      const { id, state } = rollout;
      const last = await prisma.rolloutEvent.findFirst({ where: { rolloutId: id }, orderBy: { id: 'desc' } });
      if (last?.text === text) return;
      const data = { transition: state.transition, stepIndex: state.stepIndex };
      await prisma.rolloutEvent.create({
        data: { rolloutId: id, at: new Date(now()), type: 'obstacle', text, data },
      });
      await notifyRollout(prisma, id);
    },
  };
}

export async function notifyRollout(prisma: Pick<PrismaClient, '$executeRaw'>, id: string): Promise<void> {
  await prisma.$executeRaw`SELECT pg_notify(${rolloutChannel}, ${id})`;
}

/** Only a weight that came into force has a revision: the other events of its transition are not about it. */
export function eventData(event: RolloutEvent, revision: number | undefined) {
  const isWeight = event.type === 'weight-set' || event.type === 'returned' || event.type === 'completed';
  return {
    at: new Date(event.at),
    type: event.type,
    actorId: event.actor?.id ?? null,
    actor: event.actor?.name ?? null,
    text: event.text,
    comment: event.comment === '' ? null : event.comment,
    revision: isWeight && revision !== undefined ? revision : null,
    data: { transition: event.transition, stepIndex: event.stepIndex },
  };
}

export function storedRollout(row: Prisma.RolloutModel): StoredRollout {
  const spec: RolloutSpec = rolloutSpecSchema.parse(row.spec);
  const state: RolloutState = rolloutStateSchema.parse(row.state);
  return {
    id: row.id,
    spec,
    state,
    createdBy: row.createdBy,
    createdAt: row.createdAt.getTime(),
    finishedAt: row.finishedAt?.getTime() ?? null,
  };
}
