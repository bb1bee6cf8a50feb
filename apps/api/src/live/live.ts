import { randomUUID } from 'node:crypto';
import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { ConfigStore } from '../changes/config-store.ts';
import type { Notifications } from '../changes/notifications.ts';
import type { LiveBus } from './bus.ts';
import { EventQueue } from './event-queue.ts';
import type { Live, LiveEvent } from './view.ts';

const channel = 'tulle_live';
/** PostgreSQL refuses payloads of 8,000 bytes and more. */
const maxPayloadBytes = 7_900;
/** Acknowledgements come in bursts, one an agent: other replicas hear of them together. */
const gatherMs = 20;

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('change'), revision: z.int(), services: z.array(z.string()) }),
  z.object({ type: z.literal('ack'), revision: z.int() }),
  z.object({ type: z.literal('rollout'), id: z.string(), service: z.string() }),
  z.object({ type: z.literal('certificates') }),
  z.object({ type: z.literal('agents') }),
  z.object({ type: z.literal('join-tokens') }),
  z.object({ type: z.literal('people') }),
]) satisfies z.ZodType<LiveEvent>;
const messageSchema = z.object({ from: z.string(), events: z.array(eventSchema) });

/** Tells every open page of every replica what changed: readers here at once, those of other replicas by NOTIFY. */
export async function createLive({
  database,
  notifications,
  configStore,
  logger,
}: {
  database: Pick<Database, 'prisma'>;
  notifications: Notifications;
  configStore: ConfigStore;
  logger: Logger;
}): Promise<{ live: Live; bus: LiveBus; stop(): Promise<void> }> {
  const self = randomUUID();
  const readers = new Set<EventQueue>();
  const outgoing = new Map<string, LiveEvent>();
  let gathering: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  let stopped = false;

  const stopListening = await notifications.listen(channel, { onPayload: hear });
  // Every replica's own store hears of changes, so they need no second NOTIFY.
  const stopChanges = configStore.onChange(({ revision, services }) =>
    tellReaders({ type: 'change', revision, services }),
  );

  function publish(event: LiveEvent): void {
    tellReaders(event);
    if (event.type === 'change' || stopped) return;
    outgoing.set(JSON.stringify(event), event);
    gathering ??= setTimeout(flush, gatherMs);
  }

  function tellReaders(event: LiveEvent): void {
    for (const reader of readers) reader.push(event);
  }

  function hear(payload: string): void {
    const message = messageSchema.safeParse(parseJson(payload));
    if (!message.success) {
      logger.warn({ issues: message.error.issues }, 'a live message of another replica was not understood');
      return;
    }
    if (message.data.from !== self) for (const event of message.data.events) tellReaders(event);
  }

  function flush(): void {
    gathering = undefined;
    const payloads = payloadsOf([...outgoing.values()]);
    outgoing.clear();
    sending = sending.then(() => send(payloads));
  }

  async function send(payloads: readonly string[]): Promise<void> {
    try {
      for (const payload of payloads)
        await database.prisma.$executeRaw`SELECT pg_notify(${channel}, ${payload})`;
    } catch (error) {
      // Pages of other replicas are refreshed late; nothing is lost but that.
      logger.warn({ err: error }, 'could not tell other replicas what changed');
    }
  }

  function payloadsOf(events: readonly LiveEvent[]): string[] {
    const payload = JSON.stringify({ from: self, events });
    if (Buffer.byteLength(payload) <= maxPayloadBytes || events.length <= 1) return [payload];
    const middle = Math.ceil(events.length / 2);
    return [...payloadsOf(events.slice(0, middle)), ...payloadsOf(events.slice(middle))];
  }

  async function* events(signal: AbortSignal): AsyncGenerator<LiveEvent, void, undefined> {
    if (stopped || signal.aborted) return;
    const queue = new EventQueue();
    const close = () => queue.close();
    readers.add(queue);
    signal.addEventListener('abort', close, { once: true });
    try {
      yield* queue;
    } finally {
      readers.delete(queue);
      signal.removeEventListener('abort', close);
    }
  }

  async function stop(): Promise<void> {
    stopped = true;
    stopListening();
    stopChanges();
    clearTimeout(gathering);
    if (outgoing.size > 0) flush();
    for (const reader of readers) reader.close();
    await sending;
  }

  return { live: { events }, bus: { publish }, stop };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
