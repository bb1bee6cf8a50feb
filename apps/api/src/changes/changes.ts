import { diffResource } from '@tulle/mesh/change-diff';
import { MeshError } from '@tulle/mesh/errors';
import type { Database } from '@tulle/prisma/database';
import type { Prisma } from '@tulle/prisma/generated/client';
import { z } from 'zod';
import type { Person } from '../people/person.ts';
import { acksByRevision, noAcks } from './ack-summary.ts';
import type { ApplyChange } from './apply-change.ts';
import { actionOf, type EntryRow, entryRowSchema } from './entry-row.ts';
import { revertObstacles } from './revert-obstacles.ts';
import type { AckSummary, ChangeEntry, Changes, ChangeView } from './view.ts';

const sourceSchema = z.enum(['dashboard', 'cli', 'rollout', 'system']);

type ChangeRow = Prisma.ChangeGetPayload<{ include: { entries: true } }>;

export function createChanges({
  database,
  applyChange,
}: {
  database: Pick<Database, 'prisma'>;
  applyChange: ApplyChange;
}): Changes {
  const { prisma } = database;

  async function list({ service, before, limit }: Parameters<Changes['list']>[0]) {
    const rows = await prisma.change.findMany({
      where: {
        ...(before !== undefined && { revision: { lt: before } }),
        ...(service !== undefined && { entries: { some: { service } } }),
      },
      orderBy: { revision: 'desc' },
      // One more than asked for tells whether there is a next page.
      take: limit + 1,
      include: { entries: true },
    });
    const changes = await viewsOf(rows.slice(0, limit));
    return { changes, next: rows.length > limit ? (changes.at(-1)?.revision ?? null) : null };
  }

  async function get({ revision }: { revision: number }): Promise<ChangeView> {
    const [view] = await viewsOf([await find(revision)]);
    if (view === undefined) throw unknownRevision(revision);
    return view;
  }

  async function find(revision: number): Promise<ChangeRow> {
    const row = await prisma.change.findUnique({ where: { revision }, include: { entries: true } });
    if (row === null) throw unknownRevision(revision);
    return row;
  }

  /** The same few queries, however many changes a page has. */
  async function viewsOf(rows: readonly ChangeRow[]): Promise<ChangeView[]> {
    const changes = rows.map((row) => ({
      row,
      entries: row.entries.map((entry) => entryRowSchema.parse(entry)),
    }));
    const [acks, obstacles] = await Promise.all([
      acksByRevision(
        prisma,
        rows.map(({ revision }) => revision),
      ),
      revertObstacles(
        prisma,
        changes.map(({ row, entries }) => ({ revision: row.revision, entries })),
      ),
    ]);
    return changes.map(({ row, entries }) =>
      viewOf(row, entries, acks.get(row.revision) ?? noAcks, obstacles.get(row.revision)?.message ?? null),
    );
  }

  async function revert(person: Person, { revision, reason }: { revision: number; reason: string }) {
    const entries = (await find(revision)).entries.map((entry) => entryRowSchema.parse(entry));
    const obstacles = await revertObstacles(prisma, [{ revision, entries }]);
    const obstacle = obstacles.get(revision);
    if (obstacle !== undefined) {
      throw new MeshError(obstacle.code, obstacle.message, { details: obstacle.details });
    }
    const applied = await applyChange({
      author: person,
      source: person.via,
      reason: reason === '' ? `Revert revision ${revision}` : reason,
      // The gate looks again, under its lock: somebody may have been quicker.
      baseRevision: revision,
      edit: () => ({
        upserts: entries.flatMap(({ before }) => before ?? []),
        deletes: entries.filter(({ before }) => before === null),
      }),
    });
    return { revision: applied.revision, changed: applied.changed, agents: applied.agents };
  }

  return { list, get, revert };
}

function viewOf(
  row: ChangeRow,
  entries: readonly EntryRow[],
  acks: AckSummary,
  revertBlocked: string | null,
): ChangeView {
  return {
    revision: row.revision,
    at: row.at.getTime(),
    author: row.author,
    source: sourceSchema.parse(row.source),
    reason: row.reason,
    rolloutId: row.rolloutId,
    entries: entries.map(changeEntry),
    acks,
    revertBlocked,
  };
}

export function changeEntry(entry: EntryRow): ChangeEntry {
  return {
    kind: entry.kind,
    service: entry.service,
    action: actionOf(entry),
    fields: diffResource(entry.before ?? undefined, entry.after ?? undefined),
  };
}

function unknownRevision(revision: number): MeshError {
  return new MeshError('not_found', `There is no revision ${revision}.`);
}
