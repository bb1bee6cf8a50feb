import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { DatabaseError, reasonOf } from './database-error.ts';
import { type Launch, type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
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
const startTimeoutMs = 15_000;

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
  const logPath = path.join(directory, 'postgres.log');

  await stopLeftover(cluster);
  let server = await launchServer(launch, logPath, urlOf('postgres'));
  let stopping = false;
  const restartOnCrash = () => {
    server.process.once('exit', async (code, signal) => {
      if (stopping) return;
      options.onCrash?.(
        `PostgreSQL ended by itself (${signal ?? code}) and is started again; see ${logPath}.`,
      );
      try {
        server = await launchServer(launch, logPath, urlOf('postgres'));
        restartOnCrash();
      } catch (error) {
        options.onCrash?.(reasonOf(error));
      }
    });
  };
  restartOnCrash();
  await createDatabase(urlOf('postgres'), 'tulle');

  return {
    url: urlOf('tulle'),
    urlOf,
    async stop() {
      stopping = true;
      await server.stop();
    },
  };
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
    env: environment(),
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
  if (code !== 0)
    throw new DatabaseError(
      'unsupported',
      `PostgreSQL could not make its files in ${directory}: ${complaint.trim() || code}`,
    );
  await rename(unfinished, cluster);
}

interface Server {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

async function launchServer(launch: Launch, logPath: string, url: string): Promise<Server> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const server = spawnServer(launch, logPath);
    const failure = await untilReady(server.process, url, deadline);
    if (failure === undefined) return server;
    await server.stop();
    // Children of a killed postmaster hold its memory for a moment longer.
    const lingering = /pre-existing shared memory|postmaster\.pid/.test(lastLines(logPath));
    if (!lingering || Date.now() > deadline)
      throw new DatabaseError('unsupported', `PostgreSQL did not start (${failure}); ${logPath} says why.`);
  }
}

/**
 * In a session of its own, so that Ctrl-C reaches us and not it; and watched by a shell that reads a pipe whose
 * other end only this process holds: however we end, the read does too, and the shell stops the server.
 */
function spawnServer({ command, args, identity }: Launch, logPath: string): Server {
  const log = openSync(logPath, 'w', 0o600);
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const child = spawn(command, args, {
    ...identity,
    detached: true,
    env: environment(),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  watchdog.stdin.on('error', () => watchdog.kill('SIGKILL'));
  watchdog.stdin.write(`${child.pid ?? ''}\n`);
  watchdog.unref();
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  void exited.then(() => watchdog.kill('SIGKILL'));
  return {
    process: child,
    async stop() {
      child.kill('SIGINT');
      const impatience = setTimeout(() => child.kill('SIGQUIT'), 4000);
      await exited;
      clearTimeout(impatience);
    },
  };
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one, after which the next start recovers. */
const watchdogScript = `
  read -r pid; cat >/dev/null; [ -n "$pid" ] || exit 0
  kill -INT "$pid" || exit 0; sleep 0.7
  kill -QUIT "$pid" || exit 0; sleep 2
  kill -KILL "$pid"`;

async function untilReady(process: ChildProcess, url: string, deadline: number): Promise<string | undefined> {
  while (process.exitCode === null && process.signalCode === null) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return undefined;
    } catch (error) {
      if (Date.now() > deadline) return reasonOf(error);
    }
    await Promise.race([once(process, 'exit'), new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  return `exit ${process.signalCode ?? process.exitCode}`;
}

/** A server whose owner and watchdog were both killed: nobody else can own it, since we hold the directory. */
async function stopLeftover(cluster: string): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  const deadline = Date.now() + 5000;
  for (let signal: NodeJS.Signals = 'SIGINT'; existsSync(pidFile); signal = 'SIGQUIT') {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
    if (!isPostgresOf(pid, cluster) || Date.now() > deadline) return;
    process.kill(pid, signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** The number may since have gone to another process, which is not ours to stop. */
function isPostgresOf(pid: number, cluster: string): boolean {
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) && readFileSync(commandLine, 'utf8').split('\0').includes(cluster);
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

function lastLines(logPath: string): string {
  return readFileSync(logPath, 'utf8').slice(-4000);
}

/** None of the PG* variables that the person may use for another server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LANG: 'C', TZ: 'UTC' };
}
