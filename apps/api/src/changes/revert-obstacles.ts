import { resourceKey } from '@tulle/mesh/resource';
import type { PrismaClient } from '@tulle/prisma/generated/client';
import { z } from 'zod';
import { activeRollouts } from '../rollouts/active-rollouts.ts';
import type { EntryRow } from './entry-row.ts';

const newestSchema = z.array(
  z.object({ kind: z.string(), service: z.string(), revision: z.int(), author: z.string() }),
);

export interface RevertObstacle {
  readonly code: 'stale_revision' | 'owned_by_rollout';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Why changes cannot be reverted, in words, by revision; those that can have no entry. Two queries for all. */
export async function revertObstacles(
  prisma: Pick<PrismaClient, '$queryRaw' | 'rollout'>,
  changes: readonly { readonly revision: number; readonly entries: readonly EntryRow[] }[],
): Promise<ReadonlyMap<number, RevertObstacle>> {
  const services = [...new Set(changes.flatMap(({ entries }) => entries.map(({ service }) => service)))];
  if (services.length === 0) return new Map();
  const [rows, owners] = await Promise.all([
    prisma.$queryRaw`
      SELECT DISTINCT ON (entry.kind, entry.service) entry.kind, entry.service, entry.revision, change.author
      FROM change_entry AS entry JOIN change USING (revision)
      WHERE entry.service = ANY(${services})
      ORDER BY entry.kind, entry.service, entry.revision DESC`,
    activeRollouts(prisma, services),
  ]);
  const newest = new Map<string, z.infer<typeof newestSchema>[number]>(
    newestSchema.parse(rows).map((row) => [`${row.kind}/${row.service}`, row]),
  );
  const obstacles = new Map<number, RevertObstacle>();
  for (const { revision, entries } of changes) {
    const obstacle = obstacleOf(revision, entries);
    if (obstacle !== undefined) obstacles.set(revision, obstacle);
  }
  return obstacles;

  function obstacleOf(revision: number, entries: readonly EntryRow[]): RevertObstacle | undefined {
    for (const { kind, service } of entries) {
      const key = resourceKey(kind, service);
      const later = newest.get(key);
      if (later !== undefined && later.revision > revision) {
        return {
          code: 'stale_revision',
          message: `${key} was changed again in revision ${later.revision} by ${later.author}; revert that one first.`,
          details: { revision: later.revision },
        };
      }
      const owner = owners.get(service);
      if (kind === 'TrafficSplit' && owner !== undefined) {
        return {
          code: 'owned_by_rollout',
          message: `A rollout of ${service} is running and sets its split; wait until it ends, or abort it.`,
          details: { rolloutId: owner.id },
        };
      }
    }
    return undefined;
  }
}
