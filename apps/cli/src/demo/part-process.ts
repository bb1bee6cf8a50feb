import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { Part } from '@tulle/example-shop/shop';
import { smallNodeFlags } from '../../bin/small-node.mjs';
import { cloneDirectory } from '../server/clone.ts';

/** What `tulle` starts for `agent` and `run`. */
const program = path.join(cloneDirectory, 'apps/cli/dist/agent/tulle-agent.cjs');

export interface PartProcess {
  readonly pid: number;
  /** How it ended, in words. */
  readonly exited: Promise<string>;
  /** Asks it to end, and after `graceMs` ends it. */
  stop(graceMs: number): Promise<void>;
}

export interface PartLaunch {
  readonly part: Part;
  /** Address of the agents' listener. */
  readonly agentsUrl: string;
  readonly dataDir: string;
  readonly logFile: string;
  /** Only for a part that has no certificate yet. */
  readonly token: string | undefined;
}

/**
 * Starts `tulle run` for one part, as a person would. In a process group of its own, so that Ctrl-C reaches the
 * supervisor alone and stopping has an order; the channel lets it notice when the supervisor is killed.
 */
export function startPart({ part, agentsUrl, dataDir, logFile, token }: PartLaunch): PartProcess {
  const flags = [
    ...['--service', part.service, '--service-version', part.version, '--instance', part.name],
    ...(part.port === undefined ? [] : ['--port', String(part.port)]),
    ...(part.upstreams.length === 0 ? [] : ['--upstreams', part.upstreams.join(',')]),
    ...['--api', agentsUrl, '--data-dir', dataDir, '--drain-timeout-ms', '1500', '--log-level', 'warn'],
  ];
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(
    process.execPath,
    [...smallNodeFlags, program, 'run', ...flags, '--', part.command, ...part.args],
    {
      env: {
        ...plainEnvironment(),
        ...partEnvironment(part),
        ...(token === undefined ? {} : { TULLE_TOKEN: token }),
      },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    },
  );
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      // What it left behind when it was killed would hold the part's port.
      signalGroup(child, 'SIGKILL');
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`);
    });
  });
  return {
    pid: child.pid ?? 0,
    exited,
    async stop(graceMs) {
      child.kill('SIGTERM');
      const impatience = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
      await exited;
      clearTimeout(impatience);
    },
  };
}

function partEnvironment(part: Part): Record<string, string> {
  return {
    SERVICE_VERSION: part.version,
    ...(part.port === undefined ? {} : { PORT: String(part.port) }),
    ...(part.faultPort === undefined ? {} : { FAULT_PORT: String(part.faultPort) }),
    ...part.env,
  };
}

/** Without this server's own settings, which the agent would take for its, and without npm's traces. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(TULLE_|npm_|NODE_ENV$|DATABASE_URL$|INIT_CWD$)/.test(name),
    ),
  );
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
