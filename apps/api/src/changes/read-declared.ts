import { type Resource, resourceSchema } from '@tulle/mesh/resource';
import type { Prisma } from '@tulle/prisma/generated/client';
import { z } from 'zod';
import type { ConfigStore } from './config-store.ts';
import { type EntryRow, entryRowSchema } from './entry-row.ts';

const newestSchema = z.tuple([z.object({ revision: z.int() })]);

/** The newest revision and its resources. Only true while the gate's lock is held. */
export async function readDeclared(
  tx: Prisma.TransactionClient,
  held: ConfigStore,
): Promise<{ revision: number; resources: readonly Resource[] }> {
  const [{ revision }] = newestSchema.parse(
    await tx.$queryRaw`SELECT coalesce(max(revision), 0) AS revision FROM change`,
  );
  // Only the gate writes resources, so the same revision means the same resources, and memory is quicker.
  if (held.revision() === revision) return { revision, resources: held.resources() };
  const rows = await tx.resource.findMany({ select: { value: true } });
  return { revision, resources: rows.map(({ value }) => resourceSchema.parse(value)) };
}

/** The change that an effect made when it was applied before. */
export async function findEffect(
  tx: Prisma.TransactionClient,
  effectId: string | undefined,
): Promise<{ revision: number; services: string[]; entries: EntryRow[] } | undefined> {
  if (effectId === undefined) return undefined;
  const change = await tx.change.findUnique({ where: { effectId }, include: { entries: true } });
  if (change === null) return undefined;
  const entries = change.entries.map((entry) => entryRowSchema.parse(entry));
  return {
    revision: change.revision,
    services: [...new Set(entries.map(({ service }) => service))],
    entries,
  };
}
