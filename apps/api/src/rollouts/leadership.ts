import type { Database } from '@tulle/prisma/database';
import pg from 'pg';
import type { Logger } from 'pino';

/** One replica among all does something; the others wait, and the next takes over when it dies. */
export interface Leadership {
  stop(): Promise<void>;
}

/** A waiting session looks up this often, so that none is left waiting on the server for a process that is gone. */
const lockTimeoutMs = 5_000;
const retryMs = 500;
const connectTimeoutMs = 5_000;
/** SQLSTATE lock_not_available: somebody else leads. */
const lockNotAvailable = '55P03';

/**
 * Waits for an advisory lock on a connection of its own: the server gives the lock away as soon as the connection
 * ends, however it ends. A leader that does not know yet that it has lost it must be stopped by what it writes.
 */
export function seekLeadership({
  database,
  lock,
  logger,
  onLead,
  onLost,
}: {
  database: Pick<Database, 'url'>;
  lock: number;
  logger: Logger;
  onLead(): void;
  onLost(): void;
}): Leadership {
  const stopping = new AbortController();
  let client: pg.Client | undefined;
  const campaign = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await lead();
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.warn({ err: error }, 'lost the connection for leading, trying again');
        await pause(retryMs, stopping.signal);
      }
    }
  })();

  async function lead(): Promise<void> {
    const own = new pg.Client({
      connectionString: database.url,
      application_name: 'tulle-leader',
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
    });
    const ended = new Promise<void>((resolve) => own.once('end', resolve));
    let failure: Error | undefined;
    own.on('error', (error) => {
      failure = error;
    });
    try {
      await own.connect();
      if (stopping.signal.aborted) return;
      // Only now: a client that is ended while it connects never says what became of it.
      client = own;
      // A leader whose machine vanished without a word is given up by the server within half a minute.
      await own.query(
        `SET lock_timeout = ${lockTimeoutMs}; SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3`,
      );
      while (!(await tryLock(own))) if (stopping.signal.aborted) return;
      if (stopping.signal.aborted) return;
      logger.info('leading');
      onLead();
      try {
        await ended;
      } finally {
        onLost();
      }
      if (failure) throw failure;
    } finally {
      // Ending twice, or ending what has broken, is not an error here.
      await own.end().catch((error: unknown) => logger.debug({ err: error }, 'closing the connection'));
    }
  }

  async function tryLock(own: pg.Client): Promise<boolean> {
    try {
      await own.query('SELECT pg_advisory_lock($1)', [lock]);
      return true;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === lockNotAvailable) return false;
      throw error;
    }
  }

  return {
    stop: async () => {
      stopping.abort();
      await client?.end();
      await campaign;
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
