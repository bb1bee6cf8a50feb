import { servicesGoverned } from '@tulle/mesh/access-rule';
import type { Database } from '@tulle/prisma/database';
import type { Prisma } from '@tulle/prisma/generated/client';
import type { Logger } from 'pino';
import type { Fleet } from '../agents/fleet.ts';
import { advisoryLocks } from './advisory-locks.ts';
import { type KnownVersions, refuseOwned, refuseStale, refuseUnsound } from './check-change.ts';
import { changeChannel, type LocalConfigStore } from './config-store.ts';
import { type DeclaredResources, declaredResources, entriesOf, type ResourceEdits } from './edit.ts';
import type { EntryRow } from './entry-row.ts';
import { knownServices } from './known-services.ts';
import { findEffect, readDeclared } from './read-declared.ts';
import type { ChangeView } from './view.ts';

export interface ChangeRequest {
  readonly author: { readonly id?: string | undefined; readonly name: string };
  readonly source: ChangeView['source'];
  readonly reason: string;
  /** The revision the author looked at; without it the edit is made on whatever stands now. */
  readonly baseRevision?: number | undefined;
  /** The rollout that asks, which may move the split it owns. */
  readonly rolloutId?: string | undefined;
  /** Names one effect: a repeated one is not applied again, and gets the first's revision. */
  readonly effectId?: string | undefined;
  /** Checks everything and writes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Looks, inside the transaction, whether the change is still wanted; throws when not. */
  readonly guard?: ((tx: Prisma.TransactionClient) => Promise<void>) | undefined;
  edit(current: DeclaredResources): ResourceEdits;
}

export interface AppliedChange {
  /** The new revision; when nothing changed, the present one. */
  readonly revision: number;
  /** False when nothing differed: no revision was made. */
  readonly changed: boolean;
  /** Connected agents that will take it. */
  readonly agents: number;
  readonly services: readonly string[];
  readonly entries: readonly EntryRow[];
}

/** What the gate needs to know of running instances. */
export interface GateFleet extends KnownVersions, Pick<Fleet, 'services'> {
  /** Connected agents that hold this service's view and would take a change of it. */
  holderIds(service: string): Iterable<string>;
}

/** The one gate: no configuration is written but here. */
export type ApplyChange = (request: ChangeRequest) => Promise<AppliedChange>;

export function createApplyChange({
  database,
  configStore,
  fleet,
  logger,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  configStore: LocalConfigStore;
  fleet: GateFleet;
  logger: Logger;
  now?: () => number;
}): ApplyChange {
  const { prisma } = database;
  // Writers of this process queue here, so that those who wait for the lock do not hold every connection.
  let turn: Promise<unknown> = Promise.resolve();

  function apply(request: ChangeRequest): Promise<AppliedChange> {
    const result = turn.then(
      () => applyInTurn(request),
      () => applyInTurn(request),
    );
    turn = result;
    return result;
  }

  async function applyInTurn(request: ChangeRequest): Promise<AppliedChange> {
    const written = await prisma.$transaction((tx) => decideAndWrite(tx, request));
    const { revision, changed, entries } = written;
    if (written.committed) {
      await configStore.committed({ revision, committedAt: now(), entries });
      const { author, source, reason } = request;
      logger.info({ revision, author: author.name, source, reason, services: written.services }, 'changed');
    }
    const hasOwnRule = (service: string) => configStore.resource('AccessRule', service) !== undefined;
    const governed = servicesGoverned(written.services, knownServices(configStore, fleet), hasOwnRule);
    // An agent that holds several of the services is still one.
    const holders = new Set(governed.flatMap((service) => [...fleet.holderIds(service)]));
    return { revision, changed, agents: holders.size, services: written.services, entries };
  }

  async function decideAndWrite(tx: Prisma.TransactionClient, request: ChangeRequest) {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLocks.change}::bigint)`;
    const earlier = await findEffect(tx, request.effectId);
    if (earlier) return { ...earlier, changed: true, committed: false };
    await request.guard?.(tx);

    const { revision, resources } = await readDeclared(tx, configStore);
    const current = declaredResources(resources);
    const entries = entriesOf(current, request.edit(current));
    const services = [...new Set(entries.map(({ service }) => service))];
    if (request.baseRevision !== undefined) {
      await refuseStale(tx, entries, { base: request.baseRevision, revision, now: now() });
    }
    if (entries.length === 0) return { revision, changed: false, committed: false, services, entries };

    await refuseOwned(tx, entries, request.rolloutId);
    refuseUnsound(current, entries, fleet);
    if (request.dryRun) return { revision, changed: true, committed: false, services, entries };

    await write(tx, revision + 1, entries, request);
    return { revision: revision + 1, changed: true, committed: true, services, entries };
  }

  async function write(
    tx: Prisma.TransactionClient,
    revision: number,
    entries: readonly EntryRow[],
    { author, source, reason, rolloutId, effectId }: ChangeRequest,
  ): Promise<void> {
    await tx.change.create({
      data: {
        revision,
        at: new Date(now()),
        author: author.name,
        authorId: author.id ?? null,
        source,
        reason,
        rolloutId: rolloutId ?? null,
        effectId: effectId ?? null,
      },
    });
    // One statement for all entries, however many documents were applied.
    const rows = JSON.stringify(entries);
    await tx.$executeRaw`
      INSERT INTO change_entry (revision, kind, service, before, after)
      SELECT ${revision}::int, kind, service, before, after
      FROM jsonb_to_recordset(${rows}::jsonb) AS entry(kind text, service text, before jsonb, after jsonb)`;
    await tx.$executeRaw`
      DELETE FROM resource USING change_entry AS entry
      WHERE entry.revision = ${revision}::int AND entry.after IS NULL
        AND resource.kind = entry.kind AND resource.service = entry.service`;
    await tx.$executeRaw`
      INSERT INTO resource (kind, service, value, revision)
      SELECT kind, service, after, revision FROM change_entry WHERE revision = ${revision}::int AND after IS NOT NULL
      ON CONFLICT (kind, service) DO UPDATE SET value = excluded.value, revision = excluded.revision`;
    await tx.$executeRaw`SELECT pg_notify(${changeChannel}, ${String(revision)})`;
  }

  return apply;
}
