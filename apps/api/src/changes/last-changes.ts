import type { ResourceKind } from '@tulle/mesh/resource';
import type { PrismaClient } from '@tulle/prisma/generated/client';
import { z } from 'zod';
import type { LastChange } from './view.ts';

const changesSchema = z.array(
  z.object({
    service: z.string(),
    revision: z.int(),
    at: z.date(),
    author: z.string(),
    reason: z.string(),
  }),
);

/** Who last set what stands now, by service, and why. */
export async function lastChanges(
  prisma: Pick<PrismaClient, '$queryRaw'>,
  kind: ResourceKind,
): Promise<ReadonlyMap<string, LastChange>> {
  const rows = await prisma.$queryRaw`
    SELECT resource.service, change.revision, change.at, change.author, change.reason
    FROM resource JOIN change USING (revision)
    WHERE resource.kind = ${kind}`;
  return new Map(
    changesSchema.parse(rows).map(({ service, at, ...change }) => [service, { ...change, at: at.getTime() }]),
  );
}

const medianSchema = z.tuple([z.object({ median: z.number().nullable() })]);

/** Median from commit to ACK over the newest 500 answers, in ms; null before the first. */
export async function usualAckMs(prisma: Pick<PrismaClient, '$queryRaw'>): Promise<number | null> {
  const rows = await prisma.$queryRaw`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY recent."latencyMs") AS median
    FROM (
      SELECT "latencyMs" FROM change_ack
      WHERE "latencyMs" IS NOT NULL AND state = 'acked'
      ORDER BY revision DESC LIMIT 500
    ) AS recent`;
  return medianSchema.parse(rows)[0].median;
}
