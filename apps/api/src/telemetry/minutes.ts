import type pg from 'pg';
import { edgeKey } from './edges.ts';
import { ensurePartitions, oneMinute } from './partitions.ts';
import { insertRollups, type RollupRow, readRollups } from './rollup-rows.ts';
import { addSums, emptySums } from './sums.ts';
import { inTransaction } from './transaction.ts';
import { moveWatermark, ownWatermark, readWatermark } from './watermark.ts';

const minuteMs = 60_000;
/** Reports of an agent that was away, and of replicas whose clock is behind, come a little late. */
const patienceMs = 120_000;
const maxMinutesAtOnce = 30;

/** Rolls closed minutes up from the buckets of 10 s. Any replica may do it; each minute is done once. */
export async function rollUpMinutes(pool: pg.Pool, now: number, known: Set<string>): Promise<number> {
  const open = await readWatermark(pool);
  const until = Math.floor((now - patienceMs) / minuteMs) * minuteMs;
  if (until <= open) return 0;
  // After a night off, the empty hours are stepped over at once.
  const first = (await firstRow(pool, open)) ?? until;
  const target = Math.min(until, Math.max(open, first) + maxMinutesAtOnce * minuteMs);
  await ensurePartitions(pool, oneMinute, [open, target], known);
  return inTransaction(pool, async (client) => {
    const from = await ownWatermark(client);
    if (from >= target) return 0;
    const minutes = byMinute(await readRollups(client, 'telemetry_10s', { from, to: target }));
    await insertRollups(client, 'telemetry_1m', minutes, 0);
    await moveWatermark(client, target);
    return minutes.length;
  });
}

async function firstRow(pool: pg.Pool, from: number): Promise<number | undefined> {
  const { rows } = await pool.query<{ at: Date | null }>(
    'SELECT min(at) AS at FROM telemetry_10s WHERE at >= $1',
    [new Date(from)],
  );
  return rows[0]?.at?.getTime();
}

function byMinute(rows: readonly RollupRow[]): RollupRow[] {
  const minutes = new Map<string, RollupRow>();
  for (const { at, edge, sums } of rows) {
    const minute = Math.floor(at / minuteMs) * minuteMs;
    const key = `${minute} ${edgeKey(edge)}`;
    let into = minutes.get(key);
    if (into === undefined) {
      into = { at: minute, edge, sums: emptySums() };
      minutes.set(key, into);
    }
    addSums(into.sums, sums);
  }
  return [...minutes.values()];
}
