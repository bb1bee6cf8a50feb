import type pg from 'pg';
import { advisoryLocks } from '../changes/advisory-locks.ts';
import { inTransaction } from './transaction.ts';

interface Partitioned {
  readonly table: 'telemetry_10s' | 'telemetry_1m';
  /** Length of one partition. */
  readonly spanMs: number;
  readonly keptMs: number;
}

const hourMs = 3_600_000;
/** A page looks back an hour at most; the second hour is for a minute that is rolled up late. */
export const tenSeconds: Partitioned = { table: 'telemetry_10s', spanMs: hourMs / 2, keptMs: 2 * hourMs };
export const oneMinute: Partitioned = { table: 'telemetry_1m', spanMs: 24 * hourMs, keptMs: 7 * 24 * hourMs };

/** Makes the partitions that rows of these times go into; `known` spares the asking. */
export async function ensurePartitions(
  pool: pg.Pool,
  { table, spanMs }: Partitioned,
  times: Iterable<number>,
  known: Set<string>,
): Promise<void> {
  const starts = new Set<number>();
  for (const at of times) starts.add(Math.floor(at / spanMs) * spanMs);
  for (const start of starts) {
    const name = partitionName(table, start);
    if (known.has(name)) continue;
    await underLock(
      pool,
      `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF ${table}
       FOR VALUES FROM ('${new Date(start).toISOString()}') TO ('${new Date(start + spanMs).toISOString()}')`,
    );
    known.add(name);
  }
}

/** Dropping a partition frees its space at once, however many rows it has. */
export async function dropOldPartitions(
  pool: pg.Pool,
  { table, spanMs, keptMs }: Partitioned,
  now: number,
  known: Set<string>,
): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
     WHERE inhparent = $1::regclass`,
    [table],
  );
  for (const { name } of rows) {
    const start = startOf(table, name);
    if (start === undefined || start + spanMs + keptMs > now) continue;
    await underLock(pool, `DROP TABLE IF EXISTS ${name}`);
    known.delete(name);
  }
}

function partitionName(table: string, start: number): string {
  return `${table}_${new Date(start).toISOString().slice(0, 16).replaceAll(/[-:T]/g, '')}`;
}

function startOf(table: string, name: string): number | undefined {
  const [, year, month, day, hour, minute] =
    new RegExp(`^${table}_(\\d{4})(\\d{2})(\\d{2})(\\d{2})(\\d{2})$`).exec(name) ?? [];
  return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
}

/** One replica at a time: two that make the same partition at once would fail one of them. */
function underLock(pool: pg.Pool, statement: string): Promise<void> {
  return inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.telemetry]);
    await client.query(statement);
  });
}
