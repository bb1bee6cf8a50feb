import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { DatabaseError, reasonOf } from './database-error.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import {
  type PostgresProcess,
  postgresEnvironment,
  startPostgresProcess,
  stopLeftover,
} from './postgres-process.ts';
import { socketDirectory } from './socket-path.ts';

export interface EmbeddedPostgres {
  /** Of the database `tulle`. */
  readonly url: string;
  urlOf(database: string): string;
  /** Ends it in order: sessions are cut, everything is on disk. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Made when missing. The caller holds it for itself alone (see directory-lock.ts). */
  readonly directory: string;
  readonly durable?: boolean;
  /** Told when PostgreSQL ended by itself, before it is started again. */
  readonly onCrash?: (message: string) => void;
}

const user = 'tulle';
const socketName = '.s.PGSQL.5432';

/** For a small database that is always on: few connections, little memory, nothing lost when the power goes. */
const settings = {
  listen_addresses: '',
  max_connections: '60',
  shared_buffers: '64MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  checkpoint_timeout: '15min',
  jit: 'off',
  io_method: 'sync',
  max_worker_processes: '4',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** Starts the PostgreSQL that npm ships, on a socket that only this user can reach, and keeps it running. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = path.resolve(options.directory);
  const binaries = postgresBinaries();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const cluster = path.join(directory, 'cluster');
  if (!existsSync(path.join(cluster, 'PG_VERSION'))) await createCluster(binaries, directory, cluster);
  const sockets = await socketDirectory(path.join(directory, 'socket'), socketName);
  binaries.adopt(sockets);

  const urlOf = (database: string) =>
    `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(sockets)}`;
  const all = {
    ...settings,
    unix_socket_directories: sockets,
    ...(options.durable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
      : {}),
  };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const launch = binaries.launch('postgres', ['-D', cluster, ...args]);

  await stopLeftover(cluster);
  const start = () => startPostgresProcess(launch, path.join(directory, 'postgres.log'), urlOf('postgres'));
  const stop = await keepRunning(start, options.onCrash);
  try {
    await createDatabase(urlOf('postgres'), 'tulle');
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf('tulle'), urlOf, stop };
}

/** Starts it, and again whenever it ends by itself; returns what ends it for good. */
async function keepRunning(
  start: () => Promise<PostgresProcess>,
  onCrash: ((message: string) => void) | undefined,
): Promise<() => Promise<void>> {
  let stopping = false;
  let current: Promise<PostgresProcess | undefined> = Promise.resolve(watch(await start()));
  return async () => {
    stopping = true;
    await (await current)?.stop();
  };

  function watch(server: PostgresProcess): PostgresProcess {
    void server.exited.then((how) => {
      if (stopping) return;
      onCrash?.(`PostgreSQL ended by itself (${how}) and is started again.`);
      current = start().then(watch, (error) => {
        onCrash?.(reasonOf(error));
        return undefined;
      });
    });
    return server;
  }
}

/** Beside its final place and renamed when complete, so that a kill on the way leaves nothing half made. */
async function createCluster(binaries: PostgresBinaries, directory: string, cluster: string): Promise<void> {
  const unfinished = path.join(directory, 'cluster.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  binaries.adopt(unfinished);
  const { command, args, identity } = binaries.launch('initdb', [
    ...['-D', unfinished, '-U', user, '--auth=trust', '--encoding=UTF8', '--locale=C'],
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
  ]);
  const initdb = spawn(command, args, {
    ...identity,
    env: postgresEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  initdb.stderr.setEncoding('utf8').on('data', (chunk) => {
    complaint += chunk;
  });
  const code = await new Promise((resolve) => {
    initdb.once('error', (error) => resolve(error.message));
    initdb.once('close', resolve);
  });
  if (code !== 0) {
    const advice = complaint.includes('could not look up effective user')
      ? '; run Tulle as a user with an entry in /etc/passwd, or set DATABASE_URL to a PostgreSQL server of yours'
      : '';
    throw new DatabaseError(
      'unsupported',
      `PostgreSQL could not make its files in ${directory}: ${complaint.trim() || code}${advice}`,
    );
  }
  await rename(unfinished, cluster);
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
