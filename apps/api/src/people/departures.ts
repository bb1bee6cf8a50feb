import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import type { Notifications } from '../changes/notifications.ts';
import type { LiveBus } from '../live/bus.ts';

const channel = 'tulle_departures';

/** Tells every replica that somebody may not be here any more, so that what stays open is looked at again. */
export interface Departures {
  /** After a session ended, a person was removed or changed, or a token was revoked. Never fails the caller. */
  announce(): void;
  on(listener: () => void): () => void;
  stop(): void;
}

export async function createDepartures({
  database,
  notifications,
  live,
  logger,
}: {
  database: Pick<Database, 'prisma'>;
  notifications: Notifications;
  live: LiveBus;
  logger: Logger;
}): Promise<Departures> {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const stop = await notifications.listen(channel, { onPayload: tell, onReconnect: tell });

  function announce(): void {
    tell();
    live.publish({ type: 'people' });
    database.prisma.$executeRaw`SELECT pg_notify(${channel}, '')`.catch((err: unknown) =>
      logger.warn({ err }, 'could not tell other replicas that somebody left'),
    );
  }

  return {
    announce,
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop,
  };
}
