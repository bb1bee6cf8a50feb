import type { Database } from '@tulle/prisma/database';
import type { Logger } from 'pino';
import { Edges } from './edges.ts';
import { Ingest, type TelemetryIngest } from './ingest.ts';
import { rollUpMinutes } from './minutes.ts';
import { dropOldPartitions, oneMinute, tenSeconds } from './partitions.ts';
import { deleteOldPeaks, Peaks } from './peaks.ts';
import { Reader } from './reader.ts';
import { Ring } from './ring.ts';
import { readRollups } from './rollup-rows.ts';
import { bucketMs } from './rollup-writer.ts';
import type { TelemetryStore } from './store.ts';
import { startWatermark } from './watermark.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const memoryMs = hourMs + 5 * minuteMs;
const loadedAtOnceMs = 10 * minuteMs;
/** Long enough that an agent which comes back late is not counted again; its epoch is forgotten by then. */
const cursorsKeptMs = 30 * 24 * hourMs;

export interface Telemetry {
  readonly ingest: TelemetryIngest;
  readonly store: TelemetryStore;
  /** Writes what is not in the database yet. */
  flush(): Promise<void>;
  /** Rolls up minutes and drops what is too old. */
  maintain(): Promise<void>;
  stats(): {
    readonly reports: number;
    readonly points: number;
    readonly repeated: number;
    readonly flushes: number;
    readonly edges: number;
  };
  /** Writes everything down first. */
  stop(): Promise<void>;
}

export async function createTelemetry({
  database,
  logger,
  maxSeries = 5_000,
  now = Date.now,
  timers = true,
}: {
  database: Pick<Database, 'pool'>;
  logger: Logger;
  /** Of one agent. */
  maxSeries?: number | undefined;
  now?: () => number;
  /** Without them `flush` and `maintain` are called by hand. */
  timers?: boolean;
}): Promise<Telemetry> {
  const { pool } = database;
  const startedAt = now();
  let firstAt = Number.POSITIVE_INFINITY;
  const edges = new Edges();
  const minutes = new Ring({ stepMs: minuteMs, keptMs: memoryMs, openMs: minuteMs, since: startedAt });
  const tens = new Ring({ stepMs: bucketMs, keptMs: memoryMs, openMs: 30_000, since: startedAt });
  const seconds = new Ring({
    stepMs: 1_000,
    keptMs: 5 * minuteMs + 20_000,
    openMs: 15_000,
    since: startedAt,
  });
  const rings = [minutes, tens, seconds] as const;
  const peaks = new Peaks();
  const partitions = new Set<string>();
  const ingest = new Ingest({
    pool,
    edges,
    logger,
    now,
    maxSeries,
    partitions,
    count: (at, edge, sums) => {
      firstAt = Math.min(firstAt, at);
      for (const ring of rings) ring.add(at, edge, sums);
    },
    peaks: (found) => peaks.add(found),
  });
  const reader = new Reader(edges, rings, pool, now);

  await startWatermark(pool, Math.floor(startedAt / minuteMs - 2) * minuteMs);
  await load();
  const stops = timers ? [every(1_000, tidy), everyBucket(flush), every(minuteMs, maintain)] : [];

  /** What was measured before this start, so that a restart leaves no hole in any page. */
  async function load(): Promise<void> {
    await peaks.load(pool, startedAt);
    const from = Math.floor((startedAt - memoryMs) / minuteMs) * minuteMs;
    minutes.loadedSince(from);
    tens.loadedSince(from);
    for (let at = from; at < startedAt + bucketMs; at += loadedAtOnceMs) {
      const rows = await readRollups(pool, 'telemetry_10s', { from: at, to: at + loadedAtOnceMs });
      for (const row of rows) {
        const edge = edges.idOf(row.edge);
        if (edge === undefined) continue;
        firstAt = Math.min(firstAt, row.at);
        minutes.add(row.at, edge, row.sums);
        tens.add(row.at, edge, row.sums);
      }
      for (const ring of rings) ring.tidy(startedAt);
    }
  }

  function tidy(): void {
    for (const ring of rings) ring.tidy(now());
  }

  function flush(): Promise<void> {
    return ingest.flush();
  }

  async function maintain(): Promise<void> {
    try {
      peaks.tidy(now());
      await rollUpMinutes(pool, now(), partitions);
      await dropOldPartitions(pool, tenSeconds, now(), partitions);
      await dropOldPartitions(pool, oneMinute, now(), partitions);
      await deleteOldPeaks(pool, now());
      await pool.query('DELETE FROM telemetry_cursor WHERE at < $1', [new Date(now() - cursorsKeptMs)]);
    } catch (error) {
      logger.error({ err: error }, 'could not roll up telemetry, trying again');
    }
  }

  /** Right after each bucket ends, so that it is one row in the database and not two. */
  function everyBucket(work: () => Promise<void>): () => void {
    let timer: NodeJS.Timeout | undefined;
    const schedule = () => {
      timer = setTimeout(
        () => {
          void work().then(schedule);
        },
        bucketMs - (now() % bucketMs) + 20,
      );
      timer.unref();
    };
    schedule();
    return () => clearTimeout(timer);
  }

  return {
    ingest,
    store: {
      edges: (span, filter) => reader.edges(span, filter),
      buckets: (span, filter) => reader.buckets(span, filter),
      maxInstanceRate: (service) => peaks.of(service),
      since: () => firstAt,
      asOf: () => ingest.asOf,
    },
    flush,
    maintain,
    stats: () => ({ ...ingest.counts, edges: edges.size }),
    stop: async () => {
      for (const stop of stops) stop();
      // Once for what is under way, once for what came meanwhile.
      await flush();
      await flush();
    },
  };
}

function every(ms: number, work: () => void | Promise<void>): () => void {
  const timer = setInterval(() => void work(), ms);
  timer.unref();
  return () => clearInterval(timer);
}
