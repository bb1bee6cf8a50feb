import type { Database } from '@tulle/prisma/database';
import pg from 'pg';
import type { Logger } from 'pino';

/** Hears what any replica says with NOTIFY, over one connection of its own. */
export interface Notifications {
  /** Resolves when the channel is listened to, or when the database is out of reach and retried in the background. */
  listen(channel: string, listener: NotificationListener): Promise<() => void>;
  stop(): Promise<void>;
}

export interface NotificationListener {
  onPayload(payload: string): void;
  /** After every connection that was waited for: what was said meanwhile is lost, so look for yourself. */
  onReconnect?(): void;
}

const firstRetryMs = 100;
const maxRetryMs = 5_000;
const connectTimeoutMs = 5_000;

/** A channel is an identifier in LISTEN, which takes no parameters. */
const channelPattern = /^[a-z_]+$/;

export function createNotifications({
  database,
  logger,
}: {
  database: Pick<Database, 'url'>;
  logger: Logger;
}): Notifications {
  const channels = new Map<string, Set<NotificationListener>>();
  let client: pg.Client | undefined;
  let connecting: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let retryMs = firstRetryMs;
  let missedSome = false;
  let stopped = false;

  async function listen(channel: string, listener: NotificationListener): Promise<() => void> {
    if (!channelPattern.test(channel)) throw new Error(`not a channel: ${channel}`);
    const listeners = channels.get(channel) ?? new Set();
    const isNew = listeners.size === 0;
    channels.set(channel, listeners.add(listener));
    if (client === undefined) await connect();
    else if (isNew) await client.query(`LISTEN ${channel}`).catch(() => lost(client));
    return () => {
      listeners.delete(listener);
    };
  }

  function connect(): Promise<void> {
    connecting ??= tryConnect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  }

  async function tryConnect(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: database.url,
      application_name: 'tulle-listen',
      connectionTimeoutMillis: connectTimeoutMs,
      // A peer that vanished without a word is noticed by the kernel, not by us.
      keepAlive: true,
    });
    fresh.on('error', () => lost(fresh));
    fresh.on('end', () => lost(fresh));
    fresh.on('notification', ({ channel, payload }) => tell(channel, payload ?? ''));
    try {
      await fresh.connect();
      // New channels may come while we listen to the first ones.
      const heard = new Set<string>();
      for (const channel of channels.keys()) {
        await fresh.query(`LISTEN ${channel}`);
        heard.add(channel);
      }
      if (stopped) return await fresh.end();
      client = fresh;
      await Promise.all(
        [...channels.keys()].filter((name) => !heard.has(name)).map((name) => fresh.query(`LISTEN ${name}`)),
      );
    } catch (error) {
      logger.warn({ err: error }, 'cannot listen to the database, trying again');
      fresh.end().catch((cause: unknown) => logger.debug({ err: cause }, 'closing a failed connection'));
      return scheduleRetry();
    }
    retryMs = firstRetryMs;
    if (missedSome) tellReconnected();
    missedSome = false;
  }

  function lost(which: pg.Client | undefined): void {
    if (which === undefined || which !== client) return;
    client = undefined;
    if (stopped) return;
    logger.warn('the listening connection to the database was lost');
    which.end().catch((error: unknown) => logger.debug({ err: error }, 'closing a lost connection'));
    scheduleRetry();
  }

  function scheduleRetry(): void {
    client = undefined;
    missedSome = true;
    if (stopped || retry !== undefined) return;
    // Jitter, so that replicas do not come back in step.
    retry = setTimeout(
      () => {
        retry = undefined;
        void connect();
      },
      retryMs * (0.5 + Math.random() / 2),
    );
    retryMs = Math.min(maxRetryMs, retryMs * 2);
  }

  function tell(channel: string, payload: string): void {
    for (const listener of channels.get(channel) ?? []) guarded(() => listener.onPayload(payload));
  }

  function tellReconnected(): void {
    logger.info('listening to the database again');
    for (const listeners of channels.values())
      for (const listener of listeners) guarded(() => listener.onReconnect?.());
  }

  /** One listener that throws must not keep the others from hearing. */
  function guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      logger.error({ err: error }, 'a listener to the database failed');
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    clearTimeout(retry);
    await connecting;
    const open = client;
    client = undefined;
    await open?.end();
  }

  return { listen, stop };
}
