import assert from 'node:assert/strict';
import { type Resource, type ResourceKind, resourceKey, resourceSchema } from '@tulle/mesh/resource';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type EntryRow, entryRowSchema } from './entry-row.ts';
import type { Notifications } from './notifications.ts';

/** A committed change as the rest of the API hears of it, on every replica. */
export interface CommittedChange {
  readonly revision: number;
  /** Services whose resources it touched. */
  readonly services: readonly string[];
  /** When the transaction committed, milliseconds since the epoch. */
  readonly committedAt: number;
}

/** The declared resources at one revision, held in memory and kept current by LISTEN/NOTIFY. */
export interface ConfigStore {
  revision(): number;
  resources(): readonly Resource[];
  resource<K extends ResourceKind>(kind: K, service: string): Extract<Resource, { kind: K }> | undefined;
  /** Calls back after the store holds the new revision; returns how to stop. */
  onChange(listener: (change: CommittedChange) => void): () => void;
}

/** The store as the gate knows it, which tells it of its own commits before the database does. */
export interface LocalConfigStore extends ConfigStore {
  /** Resolves when the store holds the revision. */
  committed(change: ChangeToHold): Promise<void>;
  /** Reads what the database has and the store has not. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

export interface ChangeToHold {
  readonly revision: number;
  readonly committedAt: number;
  readonly entries: readonly EntryRow[];
}

export const changeChannel = 'tulle_change';
const batchSize = 200;
const retryMs = 500;

const loadedSchema = z.tuple([
  z.object({ revision: z.int(), resources: z.array(z.object({ value: resourceSchema })) }),
]);

export async function createConfigStore({
  database,
  notifications,
  logger,
}: {
  database: Pick<Database, 'prisma'>;
  notifications: Notifications;
  logger: Logger;
}): Promise<LocalConfigStore> {
  const { prisma } = database;
  const byKey = new Map<string, Resource>();
  const listeners = new Set<(change: CommittedChange) => void>();
  let revision = 0;
  let all: readonly Resource[] | undefined;
  let catchingUp: Promise<void> | undefined;
  let askedAgain = false;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;

  // Listening comes before loading: a change between the two is heard of, and found to be held already.
  const stopListening = await notifications.listen(changeChannel, {
    onPayload: (payload) => {
      if (Number(payload) > revision) catchUpInBackground();
    },
    onReconnect: catchUpInBackground,
  });
  await load();

  async function load(): Promise<void> {
    // One statement sees one snapshot, so that the revision and the resources belong together.
    const rows = await prisma.$queryRaw`
      SELECT (SELECT coalesce(max(revision), 0) FROM change) AS revision,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('value', value)), '[]') FROM resource) AS resources`;
    const [loaded] = loadedSchema.parse(rows);
    byKey.clear();
    for (const { value } of loaded.resources) put(value);
    revision = loaded.revision;
    all = undefined;
  }

  function put(resource: Resource): void {
    byKey.set(keyOf(resource), resource);
  }

  function hold(change: ChangeToHold): void {
    for (const { kind, service, after } of change.entries) {
      if (after === null) byKey.delete(resourceKey(kind, service));
      else put(after);
    }
    revision = change.revision;
    all = undefined;
    const services = [...new Set(change.entries.map(({ service }) => service))].sort();
    const event = { revision, services, committedAt: change.committedAt };
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        logger.error({ err: error, revision }, 'a listener to changes failed');
      }
    }
  }

  /** One at a time: what is asked for meanwhile is looked for once more afterwards. */
  function catchUp(): Promise<void> {
    askedAgain = true;
    catchingUp ??= (async () => {
      while (askedAgain && !stopped) {
        askedAgain = false;
        while (await readBatch());
      }
    })().finally(() => {
      catchingUp = undefined;
    });
    return catchingUp;
  }

  async function readBatch(): Promise<boolean> {
    const changes = await prisma.change.findMany({
      where: { revision: { gt: revision } },
      orderBy: { revision: 'asc' },
      take: batchSize,
      include: { entries: true },
    });
    for (const change of changes) {
      // A local commit may have been held while the query ran.
      if (change.revision <= revision) continue;
      assert.equal(change.revision, revision + 1, 'revisions have no holes');
      hold({
        revision: change.revision,
        committedAt: change.at.getTime(),
        entries: change.entries.map((entry) => entryRowSchema.parse(entry)),
      });
    }
    return changes.length === batchSize;
  }

  function catchUpInBackground(): void {
    catchUp().catch((error: unknown) => {
      if (stopped) return;
      logger.warn({ err: error, revision }, 'could not read new changes, trying again');
      clearTimeout(retry);
      retry = setTimeout(catchUpInBackground, retryMs);
    });
  }

  return {
    revision: () => revision,
    resources: () => {
      all ??= [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource);
      return all;
    },
    resource: <K extends ResourceKind>(kind: K, service: string) => {
      const found = byKey.get(resourceKey(kind, service));
      return found && isOfKind(found, kind) ? found : undefined;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    committed: async (change) => {
      if (change.revision === revision + 1) hold(change);
      else if (change.revision > revision) await catchUp();
    },
    catchUp,
    stop: async () => {
      stopped = true;
      stopListening();
      clearTimeout(retry);
      await catchingUp?.catch((error: unknown) =>
        logger.debug({ err: error }, 'stopped while reading changes'),
      );
    },
  };
}

function keyOf(resource: Resource): string {
  return resourceKey(resource.kind, resource.kind === 'Service' ? resource.name : resource.service);
}

function isOfKind<K extends ResourceKind>(
  resource: Resource,
  kind: K,
): resource is Extract<Resource, { kind: K }> {
  return resource.kind === kind;
}
