import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { inject } from 'vitest';
import { connect, type Database } from './database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connect and read the URL of the migrated template database. */
    testDatabaseSocket: string;
  }
}

/** A migrated database without rows, in a fifth of a second, of one's own. Close it when done. */
export async function testDatabase(): Promise<Database> {
  const { url, drop } = await createDatabase(({ pathname }) => pathname.slice(1));
  const database = await connect(url);
  return {
    ...database,
    async close() {
      await database.close();
      await drop();
    },
  };
}

export interface EmptyDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database without even a schema. */
export function emptyDatabase(): Promise<EmptyDatabase> {
  return createDatabase(() => 'template0');
}

async function createDatabase(templateOf: (migrated: URL) => string): Promise<EmptyDatabase> {
  const migrated = await text(net.connect(inject('testDatabaseSocket')));
  if (migrated === '') throw new Error('The PostgreSQL of the test run did not start.');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const template = pg.escapeIdentifier(templateOf(new URL(migrated)));
  await administrate(migrated, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    url: sibling(migrated, name),
    drop: () => administrate(migrated, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function administrate(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: sibling(url, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function sibling(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}
