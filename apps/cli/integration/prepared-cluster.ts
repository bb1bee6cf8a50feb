import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '@tulle/prisma/embedded-postgres';
import { afterAll } from 'vitest';

let made: Promise<string> | undefined;
afterAll(async () => {
  if (made !== undefined) rmSync(await made, { recursive: true, force: true });
});

/** Puts the files of a new PostgreSQL into a server's data directory: making them takes longer than most of its start. */
export async function prepareCluster(dataDir: string): Promise<void> {
  made ??= makeCluster();
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // With owners and modes, which PostgreSQL looks at.
  const { status, stderr } = spawnSync('cp', ['-a', await made, path.join(dataDir, 'postgres')]);
  if (status !== 0) throw new Error(`the files of PostgreSQL could not be copied: ${stderr}`);
}

async function makeCluster(): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tulle-cluster-'));
  await (await startEmbeddedPostgres({ directory })).stop();
  return directory;
}
