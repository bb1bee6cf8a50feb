import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './options.ts';
import { isAlive, startOf } from './process-identity.ts';

/** Where an agent keeps its state when nobody says: by instance, or by service and version. */
export function defaultDataDir(name: string, environment: NodeJS.ProcessEnv): string {
  const state = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(state, 'tulle', 'agents', name);
}

/** The agent's directory, locked against a second agent for as long as this process lives. */
export class DataDir {
  readonly path: string;
  readonly #lockPath: string;

  static open(path: string): DataDir {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return new DataDir(path);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError(
        `The data directory ${path} cannot be used: ${reason}. Choose another with --data-dir.`,
      );
    }
  }

  private constructor(path: string) {
    this.path = path;
    this.#lockPath = join(path, 'agent.pid');
    this.#lock();
  }

  release(): void {
    rmSync(this.#lockPath, { force: true });
  }

  /** A lock left by a process that is gone, or whose number another process has now, is taken over. */
  #lock(): void {
    const content = `${process.pid} ${startOf(process.pid) ?? ''}`;
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        writeFileSync(this.#lockPath, content, { flag: 'wx', mode: 0o600 });
        return;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const [pid = '', start = ''] = readFileSync(this.#lockPath, 'utf8').split(' ');
      if (Number(pid) !== process.pid && isAlive(Number(pid), start || undefined)) {
        throw new UsageError(
          `Another agent (process ${pid}) uses the data directory ${this.path}: stop it, or give this one its own with --data-dir.`,
        );
      }
      rmSync(this.#lockPath, { force: true });
    }
    throw new UsageError(`The data directory ${this.path} was locked by another agent just now.`);
  }
}
