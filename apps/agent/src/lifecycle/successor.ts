import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { channelFd, type InheritedEntry, inheritanceVariable, messages } from './inheritance.ts';
import type { HeldSocket } from './listening-sockets.ts';

export interface SuccessorOptions {
  readonly sockets: readonly HeldSocket[];
  /** Settings the successor gets beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** One that is not ready by then is killed. */
  readonly timeoutMs: number;
  /** Ends the attempt. */
  readonly signal: AbortSignal;
  /** Called at once with the process, which then has a channel for messages. */
  readonly onStarted?: ((process: ChildProcess) => void) | undefined;
}

const inherited = ['inherit', 'inherit', 'inherit'] as const;

/** A process that listens on the same sockets as this one, and is ready. */
export class Successor {
  readonly process: ChildProcess;
  private readonly channel: Duplex;

  /** Rejects with the reason when it ends, or is not ready in time; then nothing has changed. */
  static async start(options: SuccessorOptions): Promise<Successor> {
    const { sockets, environment, timeoutMs, signal, onStarted } = options;
    const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
      argv0: process.argv0,
      env: { ...inheritedEnvironment(), ...environment, [inheritanceVariable]: describe(sockets) },
      stdio: [...inherited, 'pipe', ...sockets.map(({ fd }) => fd), ...(onStarted ? ['ipc' as const] : [])],
    });
    // Nothing of a process is there, neither its channels nor its end.
    if (child.pid === undefined) throw await failureToStart(child);
    onStarted?.(child);
    const channel = child.stdio[channelFd] as Duplex;
    channel.on('error', () => channel.destroy());
    await whenReady(child, channel, timeoutMs, signal);
    return new Successor(child, channel);
  }

  private constructor(child: ChildProcess, channel: Duplex) {
    this.process = child;
    this.channel = channel;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** All that this process wrote to is the successor's from now on. */
  handOver(): void {
    this.channel.end(`${messages.yours}\n`);
    this.process.unref();
  }
}

async function failureToStart(child: ChildProcess): Promise<Error> {
  const [error] = await once(child, 'error');
  return new Error(`it could not be started: ${error.message}`, { cause: error });
}

function whenReady(
  child: ChildProcess,
  channel: Duplex,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (failure?: string) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (failure === undefined) return resolve();
      child.kill('SIGKILL');
      reject(new Error(failure));
    };
    const timer = setTimeout(() => settle(`it was not ready after ${timeoutMs} ms`), timeoutMs);
    signal.addEventListener('abort', () => settle(`this process is to end: ${signal.reason}`), {
      once: true,
    });
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, by) => settle(`it ended with ${by ?? `code ${code}`} before it was ready`));
    channel.once('data', (bytes: Buffer) => {
      const isReady = bytes.toString().startsWith(messages.ready);
      settle(isReady ? undefined : 'it said something else than that it is ready');
    });
  });
}

function describe(sockets: readonly HeldSocket[]): string {
  return JSON.stringify(sockets.map(({ name, asked, port }): InheritedEntry => ({ name, asked, port })));
}

/** Started by npm, the command ends with the shell between; of a successor that shell is no ancestor. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const { npm_lifecycle_event: _event, npm_command: _command, ...environment } = process.env;
  return environment;
}
