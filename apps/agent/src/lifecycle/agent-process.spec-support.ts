import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, onTestFinished } from 'vitest';

const source = fileURLToPath(new URL('../control/spec-api/spec-agent-process.ts', import.meta.url));
let bundle: string | undefined;
afterAll(() => {
  if (bundle !== undefined) rmSync(dirname(bundle), { recursive: true, force: true });
});

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
  /** Resolves when nobody can log any more. */
  readonly silent: Promise<void>;
  private readonly parsed: LogLine[] = [];
  private closed = false;
  /** Each looks at the lines when there are more of them, or when no more can come. */
  private readonly waiting = new Set<() => void>();

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
    const reader = createInterface({ input: this.child.stderr });
    reader.on('line', (line) => this.take(line));
    this.silent = once(reader, 'close').then(() => {
      this.closed = true;
      for (const look of this.waiting) look();
    });
    onTestFinished(() => this.kill());
  }

  /** The `count`th line with this message; lines that are no log are not looked at. */
  logged(msg: string, count = 1): Promise<LogLine> {
    const { promise, resolve, reject } = Promise.withResolvers<LogLine>();
    const look = () => {
      const found = this.log().filter((line) => line.msg === msg)[count - 1];
      if (found !== undefined) resolve(found);
      else if (this.closed) reject(new Error(`nothing logs "${msg}" any more:\n${this.lines.join('\n')}`));
      else this.waiting.add(look);
    };
    look();
    return promise.finally(() => this.waiting.delete(look));
  }

  log(): readonly LogLine[] {
    return this.parsed;
  }

  private take(line: string): void {
    this.lines.push(line);
    // A process that is killed may leave half a line.
    if (line.startsWith('{') && line.endsWith('}')) this.parsed.push(JSON.parse(line));
    for (const look of this.waiting) look();
  }

  private kill(): void {
    for (const pid of new Set([this.child.pid, ...this.parsed.map((line) => line.pid)])) {
      try {
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}
