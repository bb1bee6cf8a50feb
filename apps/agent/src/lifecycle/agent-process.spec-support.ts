import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';

const source = fileURLToPath(new URL('../control/spec-api/spec-agent-process.ts', import.meta.url));
let bundle: string | undefined;

/** One file, as the command is built: a process that reads all modules one by one takes seconds to start. */
function program(): string {
  if (bundle !== undefined) return bundle;
  const folder = mkdtempSync(join(tmpdir(), 'tulle-program-'));
  bundle = join(folder, 'agent.mjs');
  const banner =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  buildSync({
    entryPoints: [source],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: banner },
  });
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return bundle;
}

export interface LogLine {
  readonly pid: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** `tulle agent` as a process, and the processes that succeed it: what any of them logs is read here. */
export class AgentProcess {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  /** Resolves with the exit code of the first process, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  private closed = false;
  private readonly arrived: ReturnType<typeof createInterface>;

  /** `under` is a program that becomes the agent, with its arguments. */
  constructor(
    variables: Record<string, string | undefined>,
    execArgv: readonly string[] = [],
    under: readonly string[] = [],
  ) {
    const env = { PATH: process.env.PATH, ...variables };
    const [command = '', ...args] = [...under, process.execPath, ...execArgv, program()];
    this.child = spawn(command, args, {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.ended = once(this.child, 'exit').then(([code, signal]) => code ?? signal);
    if (this.child.stderr === null) throw new Error('the process has no standard error');
    this.arrived = createInterface({ input: this.child.stderr });
    this.arrived.on('line', (line) => this.lines.push(line));
    this.arrived.once('close', () => {
      this.closed = true;
    });
    onTestFinished(() => this.kill());
  }

  /** The `count`th line with this message; lines that are no log are not looked at. */
  async logged(msg: string, count = 1): Promise<LogLine> {
    for (;;) {
      const found = this.log().filter((line) => line.msg === msg)[count - 1];
      if (found !== undefined) return found;
      if (this.closed) throw new Error(`nothing logs "${msg}" any more; the last was: ${this.lines.at(-1)}`);
      await Promise.race([once(this.arrived, 'line'), once(this.arrived, 'close')]);
    }
  }

  log(): LogLine[] {
    return this.lines.filter((line) => line.startsWith('{')).map((line): LogLine => JSON.parse(line));
  }

  private kill(): void {
    for (const pid of new Set([this.child.pid, ...this.log().map((line) => line.pid)])) {
      try {
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}
