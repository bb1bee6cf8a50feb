import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { HeldSocket } from './listening-sockets.ts';
import { Successor } from './successor.ts';
import { watchForSilence } from './watchdog.ts';
import { environmentOfWorker, type WorkerFailures, workerFailures } from './worker-failures.ts';

type Complainer = Pick<DataPlaneLogger, 'error'>;

const readyTimeoutMs = 30_000;
const firstRetryMs = 100;
const longestRetryMs = 10_000;
/** A worker that lived for this long did not fail because of how it started. */
const provenMs = 60_000;
/** What a process takes to end, beyond the time it has to drain. */
export const endingMs = 5_000;

export interface WorkerOptions {
  /** Called with each process as it starts; it has a channel for messages. */
  readonly onStarted: (process: ChildProcess) => void;
  /** Whether a signal tells it to stop; otherwise whoever holds the channel does. */
  readonly stopsBySignal: boolean;
  /** One that sends nothing for so long is killed; 0 for never. */
  readonly timeoutMs: number;
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
  private readonly failures: WorkerFailures = { ended: 0, hung: 0 };

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
        ...environmentOfWorker(this.failures),
        TULLE_EXIT_WITH_PARENT: 'true',
        TULLE_PARENT_PID: String(process.pid),
      },
      timeoutMs: readyTimeoutMs,
      signal: this.ending.signal,
      onStarted: this.options.onStarted,
    });
    this.process = successor.process;
    successor.handOver();
    this.watch(successor.process);
  }

  private watch(process: ChildProcess): void {
    const startedAt = performance.now();
    let failure: keyof WorkerFailures = 'ended';
    process.ref();
    watchForSilence(process, this.options.timeoutMs, () => {
      failure = 'hung';
      this.kill(process, 'a worker does not answer any more and is killed');
    });
    process.once('exit', (code, signal) => {
      const isPresent = this.process === process;
      if (isPresent) this.process = undefined;
      if (performance.now() - startedAt >= provenMs) this.retryMs = firstRetryMs;
      const isAsked = this.ending.signal.aborted || (!isPresent && failure === 'ended');
      if (isAsked) return;
      this.count(failure);
      if (isPresent) this.restartLater(signal ?? `code ${code}`);
    });
  }

  private count(failure: keyof WorkerFailures): void {
    this.failures[failure]++;
    workerFailures[failure]++;
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
    if (this.options.stopsBySignal) process.kill('SIGTERM');
    const tooLate = 'a worker did not end in time and is killed';
    const timer = setTimeout(() => this.kill(process, tooLate), drainMs + endingMs);
    await ended;
    clearTimeout(timer);
  }

  private kill(process: ChildProcess, why: string): void {
    this.logger.error({ worker: this.index, pid: process.pid }, why);
    process.kill('SIGKILL');
  }

  private restartLater(reason: string): void {
    const { index, retryMs, logger } = this;
    logger.error({ worker: index, reason, retryInMs: retryMs }, 'a worker ended and is started again');
    this.retryMs = Math.min(retryMs * 2, longestRetryMs);
    setTimeout(() => {
      if (this.ending.signal.aborted || this.process !== undefined) return;
      this.start().catch((error: unknown) => {
        if (this.ending.signal.aborted) return;
        this.count('ended');
        this.restartLater(error instanceof Error ? error.message : String(error));
      });
    }, retryMs);
  }
}
