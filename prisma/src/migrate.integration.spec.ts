import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate } from './migrate.ts';
import { emptyDatabase } from './testing.ts';

const shipped = path.join(import.meta.dirname, '../migrations');
const names = readdirSync(shipped).filter((name) => !name.includes('.'));

let directory: string;
let url: string;
let drop: () => Promise<void>;
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tulle-migrations-'));
  cpSync(shipped, directory, { recursive: true });
  ({ url, drop } = await emptyDatabase());
});
afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await drop();
});

it('applies everything once, however many servers start together', async () => {
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrateAt(url)));
  expect(applied.flat()).toEqual(names);
  expect(await migrateAt(url)).toEqual([]);
});

it('leaves nothing of a migration that fails, and applies it once it is right', async () => {
  write('99991231000000_later', 'CREATE TABLE later (id int); SELECT 1 / 0;');
  await expect(migrateAt(url, directory)).rejects.toThrow(
    'The migration 99991231000000_later failed: division by zero',
  );
  write('99991231000000_later', 'CREATE TABLE later (id int);');
  expect(await migrateAt(url, directory)).toEqual(['99991231000000_later']);
});

it('refuses a migration that was changed afterwards, and a database of a newer version', async () => {
  write('99991231000000_later', 'CREATE TABLE later (id int);');
  await migrateAt(url, directory);
  write('99991231000000_later', 'CREATE TABLE later (id bigint);');
  await expect(migrateAt(url, directory)).rejects.toThrow('was changed after it had been applied');
  await expect(migrateAt(url)).rejects.toThrow('written by a newer Tulle');
});

function write(name: string, sql: string): void {
  mkdirSync(path.join(directory, name), { recursive: true });
  writeFileSync(path.join(directory, name, 'migration.sql'), sql);
}

async function migrateAt(at: string, from?: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: at });
  await client.connect();
  try {
    return await migrate(client, from);
  } finally {
    await client.end();
  }
}
