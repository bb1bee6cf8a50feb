import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { DatabaseError, reasonOf } from './database-error.ts';
import type { Launch } from './postgres-binaries.ts';

const startTimeoutMs = 15_000;
const fastShutdownMs = 4_000;

export interface PostgresProcess {
  /** Resolves with how it ended. */
  readonly exited: Promise<string>;
  /** Cuts sessions and writes everything to disk. */
  stop(): Promise<void>;
}

/** None of the PG* variables that the person may use for another server. */
export function postgresEnvironment(): Record<string, string | undefined> {
  return { PATH: process.env.PATH, LANG: 'C', TZ: 'UTC' };
}

/** Starts the server and waits until it answers at `url`. */
export async function startPostgresProcess(
  launch: Launch,
  logPath: string,
  url: string,
): Promise<PostgresProcess> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const server = spawnServer(launch, logPath);
    const failure = await untilReady(server.child, url, deadline);
    if (failure === undefined) return server;
    await server.stop();
    // Sessions of a killed server hold its memory for a moment longer.
    const lingers = /pre-existing shared memory|postmaster\.pid/.test(readFileSync(logPath, 'utf8'));
    if (!lingers || Date.now() > deadline)
      throw new DatabaseError('unsupported', `PostgreSQL did not start (${failure}); ${logPath} says why.`);
  }
}

/**
 * In a session of its own, so that Ctrl-C reaches us and not it; and watched by a shell that reads a pipe whose
 * other end only this process holds: however we end, the reading does too, and the shell stops the server.
 */
function spawnServer(
  { command, args, identity }: Launch,
  logPath: string,
): PostgresProcess & { child: ChildProcess } {
  const log = openSync(logPath, 'w', 0o600);
  const watchdog = spawn('/bin/sh', ['-c', watchdogScript], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const child = spawn(command, args, {
    ...identity,
    detached: true,
    env: postgresEnvironment(),
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  watchdog.stdin.on('error', () => watchdog.kill('SIGKILL'));
  watchdog.stdin.write(`${child.pid ?? ''}\n`);
  watchdog.unref();
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  void exited.then(() => watchdog.kill('SIGKILL'));
  return {
    child,
    exited,
    async stop() {
      child.kill('SIGINT');
      const impatience = setTimeout(() => child.kill('SIGQUIT'), fastShutdownMs);
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

async function untilReady(child: ChildProcess, url: string, deadline: number): Promise<string | undefined> {
  while (child.exitCode === null && child.signalCode === null) {
    const client = new pg.Client({ connectionString: url });
    // The attempt itself tells of the failure.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return undefined;
    } catch (error) {
      if (Date.now() > deadline) return reasonOf(error);
    }
    const next = new AbortController();
    await Promise.race([once(child, 'exit', next), new Promise((resolve) => setTimeout(resolve, 20))]);
    next.abort();
  }
  return child.signalCode ?? `exit code ${child.exitCode}`;
}

/**
 * Stops a server whose owner and watchdog were both killed. Nobody else can own it, since the caller holds the
 * directory.
 */
export async function stopLeftover(cluster: string): Promise<void> {
  const pidFile = path.join(cluster, 'postmaster.pid');
  const deadline = Date.now() + startTimeoutMs;
  for (let signal: NodeJS.Signals = 'SIGINT'; existsSync(pidFile); signal = 'SIGQUIT') {
    const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
    // The number may since have gone to another process, which is not ours to stop.
    if (!commandLineOf(pid).includes(cluster) || Date.now() > deadline) return;
    process.kill(pid, signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

function commandLineOf(pid: number): string {
  const file = `/proc/${pid}/cmdline`;
  if (process.platform === 'linux') return existsSync(file) ? readFileSync(file, 'utf8') : '';
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
}
