import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { demoDataDir } from './start-demo.ts';

const tulle = path.join(import.meta.dirname, '../apps/cli/bin/tulle.mjs');
const run = promisify(execFile);

/** The parts of the running shop, disturbed as a person would: with `tulle demo`. */
export class DemoParts {
  readonly #repairs = new Map<string, 'heal' | 'start'>();

  /** Gives what the command printed. */
  async break(part: string): Promise<string> {
    this.#repairs.set(part, 'heal');
    return demo('break', part);
  }

  async stop(part: string): Promise<string> {
    this.#repairs.set(part, 'start');
    return demo('stop', part);
  }

  async heal(part: string): Promise<string> {
    this.#repairs.delete(part);
    return demo('heal', part);
  }

  async start(part: string): Promise<string> {
    this.#repairs.delete(part);
    return demo('start', part);
  }

  /** Whatever a test that failed has left broken. */
  async repair(): Promise<void> {
    for (const [part, action] of this.#repairs) await demo(action, part);
  }
}

async function demo(action: string, part: string): Promise<string> {
  const { stdout } = await run(process.execPath, [tulle, 'demo', action, part, '--data-dir', demoDataDir()]);
  return stdout;
}
