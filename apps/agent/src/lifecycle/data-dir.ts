import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from './options.ts';
import { isAlive, startOf } from './process-identity.ts';

/** Where an agent keeps its state when nobody says: by instance, or by service and version. */
export function defaultDataDir(name: string, environment: NodeJS.ProcessEnv): string {
  const state = environment.XDG_STATE_HOME || join(home(), '.local', 'state');
  return join(state, 'tulle', 'agents', name);
}

/** In a container the user may be a number without a name, and without a home. */
function home(): string {
  try {
    return homedir();
  } catch {
    throw new UsageError(
      'The user of this process has no home directory: say with --data-dir where the agent keeps its state.',
    );
  }
}

/** The agent's directory, which one process at a time may write to, but for its own counters. */
export class DataDir {
  readonly path: string;
  readonly #lockPath: string;
  #locked = false;

  /** Without `lock` it may only be read: another process still writes to it. */
  static open(path: string, { lock }: { lock: boolean }): DataDir {
    try {
      const opened = new DataDir(path);
      opened.make();
      if (lock) opened.lock();
      return opened;
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
  }

  release(): void {
    if (this.#locked) rmSync(this.#lockPath, { force: true });
    this.#locked = false;
  }

  /**
   * From now on process `pid` writes, and this one does not; in between nobody else can come. Written in place, which
   * needs no room on a disk that may be full. Where somebody took the lock away, the successor makes one.
   */
  handTo(pid: number): void {
    this.#locked = false;
    try {
      writeFileSync(this.#lockPath, lockContent(pid), { flag: 'r+' });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  /** Whether somebody has removed it since, or its lock. It is there again then, locked, and empty maybe. */
  remakeIfGone(): boolean {
    if (!this.#locked || existsSync(this.#lockPath)) return false;
    this.#locked = false;
    this.make();
    this.lock();
    return true;
  }

  private make(): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
  }

  /** A lock left by a process that is gone, or whose number another process has now, is taken over. */
  lock(): void {
    if (this.#locked) return;
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        writeFileSync(this.#lockPath, lockContent(process.pid), { flag: 'wx', mode: 0o600 });
        this.#locked = true;
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Of one length, so that one takes the place of another. */
function lockContent(pid: number): string {
  return `${pid} ${startOf(pid) ?? ''}`.padEnd(40);
}
