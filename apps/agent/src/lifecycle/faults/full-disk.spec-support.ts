import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** File systems can be mounted by root alone. */
export const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}

/** A file system of its own in memory, gone when the test ends. */
export class SmallDisk {
  readonly path = mkdtempSync(join(tmpdir(), 'tulle-disk-'));
  private readonly ballast = join(this.path, 'ballast');

  constructor(sizeKib: number) {
    run('mount', '-t', 'tmpfs', '-o', `size=${sizeKib}k,mode=700`, 'tulle-spec', this.path);
    onTestFinished(() => {
      run('umount', '-l', this.path);
      rmSync(this.path, { recursive: true, force: true });
    });
  }

  /** Takes all there is, to the last byte. */
  fill(): void {
    const file = openSync(this.ballast, 'a');
    try {
      for (;;) writeSync(file, Buffer.alloc(1_024));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.ballast, { force: true });
  }
}
