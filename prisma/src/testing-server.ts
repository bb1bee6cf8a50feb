import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

/**
 * Vitest's global setup: one PostgreSQL for the whole run, started when the first spec asks for a database, so
 * that a run that needs none pays nothing.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'tulle-test-'));
  const socketPath = path.join(directory, 'ask.sock');
  let started: Promise<EmbeddedPostgres> | undefined;
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    started ??= startWithTemplate(directory);
    started.then(
      (embedded) => socket.end(embedded.url),
      (error) => socket.destroy(error),
    );
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  server.unref();
  project.provide('testDatabaseSocket', socketPath);
  return async () => {
    server.close();
    await (await started)?.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

async function startWithTemplate(directory: string): Promise<EmbeddedPostgres> {
  const embedded = await startEmbeddedPostgres({ directory, durable: false });
  const client = new pg.Client({ connectionString: embedded.url });
  await client.connect();
  try {
    await migrate(client);
  } finally {
    await client.end();
  }
  return embedded;
}
