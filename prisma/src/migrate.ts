import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { DatabaseError, reasonOf } from './database-error.ts';

/** The key that Prisma's own CLI takes, so that it and any number of servers migrate one after another. */
const advisoryLock = 72707369;

/** Beside `src` here, and beside the bundles of the command line, which carries a copy. */
const migrationsDirectory = path.join(import.meta.dirname, '../migrations');

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/**
 * Applies what is missing and records it as Prisma does, so that `prisma migrate` works on the same database.
 * Returns the names of the migrations applied now.
 */
export async function migrate(client: pg.ClientBase, directory = migrationsDirectory): Promise<string[]> {
  await client.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
  try {
    await client.query(`CREATE TABLE IF NOT EXISTS _prisma_migrations (
      id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
      migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
      started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`);
    const missing = await missingMigrations(client, readMigrations(directory));
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [advisoryLock]);
  }
}

function readMigrations(directory: string): Migration[] {
  return readdirSync(directory)
    .filter((name) => existsSync(path.join(directory, name, 'migration.sql')))
    .sort()
    .map((name) => {
      const sql = readFileSync(path.join(directory, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}

async function missingMigrations(client: pg.ClientBase, known: Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  for (const row of rows) {
    const migration = known.find(({ name }) => name === row.name);
    if (migration === undefined)
      throw new DatabaseError(
        'migration',
        `The database was written by a newer Tulle (it has the migration ${row.name}); start that version.`,
      );
    if (!row.finished)
      throw new DatabaseError(
        'migration',
        `The migration ${row.name} failed before and has to be resolved by hand.`,
      );
    if (row.checksum !== migration.checksum)
      throw new DatabaseError(
        'migration',
        `The migration ${row.name} was changed after it had been applied.`,
      );
  }
  return known.filter(({ name }) => !rows.some((row) => row.name === name));
}

/** One transaction with its record: a kill on the way leaves the database as it was. */
async function apply(client: pg.ClientBase, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new DatabaseError('migration', `The migration ${name} failed: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}
