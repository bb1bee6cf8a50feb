import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants as fileConstants, statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { UsageError } from '../lifecycle/options.ts';

/**
 * The command must not outlive a supervisor that is killed with -9. The shell leaves a watcher behind, reading from a
 * pipe only this process writes to, and becomes the command itself. A line means all is well and the watcher goes; the
 * end of the pipe means the supervisor is gone: the command is asked to end, and two seconds later made to. The
 * watcher is orphaned on purpose, so that the command has no child it does not know of.
 */
const watchAndBecome = `
( ( trap '' INT TERM HUP QUIT
    read -r _ <&3 || { kill -TERM $$ && sleep 2 && kill -KILL $$; } ) </dev/null >/dev/null 2>&1 & )
exec 3<&-
exec "$@"`;

/** A command with this process's own input and output, which ends when this process does. */
export class CommandProcess {
  /** Resolves with its exit code, 128+n when signal n ended it. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;

  constructor(command: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#child = spawn('/bin/sh', ['-c', watchAndBecome, 'tulle-run', ...command], {
      env: environment,
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    });
    const watcher = this.#child.stdio[3];
    // The watcher may be gone before us; then there is nothing to tell it.
    watcher?.on('error', () => watcher.destroy());
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => {
        if (watcher && 'end' in watcher) watcher.end('\n');
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** Throws a `UsageError` when there is no such command, before anything is started. */
export function checkCommand(command: readonly string[], environment: NodeJS.ProcessEnv): void {
  const [program] = command;
  if (program === undefined) {
    throw new UsageError(
      'Say which command to run after --, as in: tulle run --service orders --port 8080 -- ./orders',
    );
  }
  const folders = program.includes('/') ? [''] : (environment.PATH ?? '').split(delimiter);
  if (!folders.some((folder) => isExecutable(join(folder, program)))) {
    throw new UsageError(`The command ${program} cannot be found or is not executable.`);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, fileConstants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
}
