import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../../..');
export const tulleProgram = path.join(root, 'apps/cli/bin/tulle.mjs');

export interface ServerProcess {
  readonly process: ChildProcess;
  /** Both streams so far. */
  output(): string;
  /** Resolves with the sign-in link; rejects with the output when the process ends without one. */
  readonly link: Promise<string>;
  readonly exit: Promise<number | NodeJS.Signals>;
}

/** `tulle server`, or with `npm` the whole of `npm start`, with these variables for settings. */
export function startServerProcess(
  settings: Readonly<Record<string, string>>,
  { npm = false, flags = ['--no-demo'] }: { npm?: boolean; flags?: readonly string[] } = {},
): ServerProcess {
  const tulle = [tulleProgram, 'server', ...flags];
  const child = npm
    ? spawn('npm', ['start', '--', ...flags], options(settings))
    : spawn(process.execPath, tulle, options(settings));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const exit = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code ?? 0));
  });
  const link = new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /^http:\/\/\S+\/welcome\?token=\S+$/m.exec(output);
      if (found !== null) resolve(found[0]);
    };
    child.stdout.on('data', look);
    void exit.then(() => reject(new Error(`ended without a link: ${output}`)));
  });
  // A spec that expects a failure looks at `exit` and `output` alone.
  link.catch(() => undefined);
  return { process: child, output: () => output, link, exit };
}

/** One `tulle …` that ends by itself. */
export function runTulle(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): { code: number | null; output: string; errors: string } {
  const { cwd, env } = options(settings);
  const words = [tulleProgram, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd, env, encoding: 'utf8' });
  return { code: status, output: stdout, errors: stderr };
}

function options(settings: Readonly<Record<string, string>>) {
  const ours = /^(TULLE_|npm_|DATABASE_URL$|VITEST|NODE_ENV$)/;
  const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
    // A group of its own, as in a terminal, where Ctrl-C goes to the whole group.
    detached: true,
  };
}

/** Processes of this machine, without the dead that nobody has buried yet, whose command line has the text. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((pid) => ({ pid, command: readOrNothing(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') }))
    .filter(({ command }) => command.includes(text))
    .map(({ pid, command }) => `${pid} ${command}`);
}

/** A process may end between being listed and being read. */
function readOrNothing(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
