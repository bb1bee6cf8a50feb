import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { HeldSocket } from './listening-sockets.ts';
import { Successor } from './successor.ts';
import { workerVariable } from './worker-variable.ts';

type Complainer = Pick<DataPlaneLogger, 'error'>;

const readyTimeoutMs = 30_000;
const firstRetryMs = 100;
const longestRetryMs = 10_000;
/** A worker that lived for this long did not fail because of how it started. */
const provenMs = 60_000;
/** What a process takes to end, beyond the time it has to drain. */
export const endingMs = 5_000;

export interface WorkerOptions {
  /** Called with each process as it starts. It then has a channel for messages, and whoever holds it tells it to stop. */
  readonly onStarted?: ((process: ChildProcess) => void) | undefined;
}

/** One of the processes that share the ports: started again whenever it ends, until it is told to stop. */
export class Worker {
  private readonly index: number;
  private readonly sockets: readonly HeldSocket[];
  private readonly logger: Complainer;
  private readonly options: WorkerOptions;
  private readonly ending = new AbortController();
  private process: ChildProcess | undefined = undefined;
  private starting: Promise<void> | undefined = undefined;
  private retryMs = firstRetryMs;

  constructor(index: number, sockets: readonly HeldSocket[], options: WorkerOptions, logger: Complainer) {
    this.index = index;
    this.sockets = sockets;
    this.options = options;
    this.logger = logger;
  }

  /** Rejects when it is not ready. One process starts at a time: of two, one would be forgotten and go on for ever. */
  start(): Promise<void> {
    this.starting ??= this.startProcess().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  private async startProcess(): Promise<void> {
    const successor = await Successor.start({
      sockets: this.sockets,
      environment: {
        [workerVariable]: String(this.index),
        TULLE_EXIT_WITH_PARENT: 'true',
        TULLE_PARENT_PID: String(process.pid),
      },
      timeoutMs: readyTimeoutMs,
      signal: this.ending.signal,
      onStarted: this.options.onStarted,
    });
    const startedAt = performance.now();
    this.process = successor.process;
    successor.handOver();
    successor.process.ref();
    successor.process.once('exit', (code, signal) => {
      if (this.process !== successor.process) return;
      this.process = undefined;
      if (performance.now() - startedAt >= provenMs) this.retryMs = firstRetryMs;
      if (!this.ending.signal.aborted) this.restartLater(signal ?? `code ${code}`);
    });
  }

  /** A new process in the place of the present one, which finishes what it has. Rejects when it is not ready. */
  async replace(): Promise<void> {
    const former = this.process;
    await this.start();
    former?.kill('SIGUSR1');
  }

  signal(signal: NodeJS.Signals): void {
    this.process?.kill(signal);
  }

  /** Resolves when the process has drained and ended; one that hangs is killed. */
  async stop(drainMs: number): Promise<void> {
    this.ending.abort('stopping');
    const { process } = this;
    if (process === undefined) return;
    const ended = once(process, 'exit');
    if (this.options.onStarted === undefined) process.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(process), drainMs + endingMs);
    await ended;
    clearTimeout(timer);
  }

  private kill(process: ChildProcess): void {
    this.logger.error({ worker: this.index, pid: process.pid }, 'a worker did not end in time and is killed');
    process.kill('SIGKILL');
  }

  private restartLater(reason: string): void {
    const { index, retryMs, logger } = this;
    logger.error({ worker: index, reason, retryInMs: retryMs }, 'a worker ended and is started again');
    this.retryMs = Math.min(retryMs * 2, longestRetryMs);
    setTimeout(() => {
      if (this.ending.signal.aborted || this.process !== undefined) return;
      this.start().catch((error: unknown) => {
        if (!this.ending.signal.aborted)
          this.restartLater(error instanceof Error ? error.message : String(error));
      });
    }, retryMs);
  }
}
