import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { Notifications } from '../changes/notifications.ts';

const channel = 'tulle_revocation';
/** Serials whose certificates have expired meanwhile need not be told to agents any more. */
const reloadEveryMs = 60_000;

/** The revoked certificates that have not expired, the same on every replica. */
export interface Revocations {
  isRevoked(serial: string): boolean;
  /** Sorted. */
  serials(): readonly string[];
  /** Reads anew what was written, and lets other replicas do so. */
  written(): Promise<void>;
  onChange(listener: () => void): () => void;
  stop(): void;
}

export async function createRevocations({
  database,
  notifications,
  logger,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  notifications: Notifications;
  logger: Logger;
  now?: () => number;
}): Promise<Revocations> {
  const { prisma } = database;
  const listeners = new Set<() => void>();
  let serials: readonly string[] = [];
  let known = new Set<string>();

  const stopListening = await notifications.listen(channel, {
    onPayload: loadInBackground,
    onReconnect: loadInBackground,
  });
  await load();
  const timer = setInterval(loadInBackground, reloadEveryMs);
  timer.unref();

  async function load(): Promise<void> {
    const rows = await prisma.certificate.findMany({
      where: { revokedAt: { not: null }, notAfter: { gt: new Date(now()) } },
      select: { serial: true },
      orderBy: { serial: 'asc' },
    });
    const loaded = rows.map(({ serial }) => serial);
    if (loaded.join() === serials.join()) return;
    serials = loaded;
    known = new Set(loaded);
    for (const listener of listeners) listener();
  }

  function loadInBackground(): void {
    load().catch((error: unknown) => logger.error({ err: error }, 'could not read revoked certificates'));
  }

  return {
    isRevoked: (serial) => known.has(serial),
    serials: () => serials,
    written: async () => {
      await load();
      await prisma.$executeRaw`SELECT pg_notify(${channel}, '')`;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop: () => {
      clearInterval(timer);
      stopListening();
    },
  };
}
