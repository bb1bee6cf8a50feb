import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ListeningSockets } from './listening-sockets.ts';
import type { Logger } from './logger.ts';
import { variableOf } from './options.ts';
import { endsContainer } from './process-identity.ts';
import type { Successor } from './successor.ts';

const readyTimeoutMs = 30_000;
const firstOfContainer =
  'its container would end with it, and the successor too: run it with --workers 1, whose first process stays, or replace the container';

/** How a process gives way to one that runs the program as it is on disk now. */
export interface Restartable {
  /** Resolves with the id of the process that serves, or rejects with the reason when nothing has changed. */
  readonly ask: () => Promise<number>;
  /** From now on it may be asked, by SIGUSR1 too. */
  allow(): void;
  /** Resolves when this process is to end for that. */
  readonly done: Promise<Successor | undefined>;
}

export interface RestartOptions {
  readonly sockets: ListeningSockets;
  readonly options: { readonly exitWithParent: boolean; readonly parentPid?: number | undefined };
  /** Settles when this process is to end: a successor that is just starting is then ended as well. */
  readonly asked: Promise<string>;
  readonly logger: Logger;
}

/** Starts this program again, on the sockets of this process, which ends when that one is ready. */
export class Restart implements Restartable {
  readonly done: Promise<Successor>;
  private readonly options: RestartOptions;
  private readonly ending = new AbortController();
  private readonly succeeded = Promise.withResolvers<Successor>();
  private trying: Promise<number> | undefined = undefined;
  private isAllowed = false;

  constructor(options: RestartOptions) {
    this.options = options;
    this.done = this.succeeded.promise;
    void options.asked.then((reason) => this.ending.abort(reason));
  }

  allow(): void {
    this.isAllowed = true;
    // What is wrong is in the log.
    process.on('SIGUSR1', () => void this.ask().catch(() => {}));
  }

  readonly ask = (): Promise<number> => {
    if (!this.isAllowed || this.ending.signal.aborted)
      return Promise.reject(new Error('this process is starting or stopping'));
    this.trying ??= this.start().finally(() => {
      this.trying = undefined;
    });
    return this.trying;
  };

  private async start(): Promise<number> {
    const { sockets, options, logger } = this.options;
    try {
      if (endsContainer()) throw new Error(firstOfContainer);
      logger.info({}, 'starting a successor');
      const { Successor } = await import('./successor.ts');
      const successor = await Successor.start({
        sockets: sockets.sockets(),
        environment: environmentFor(options),
        timeoutMs: readyTimeoutMs,
        signal: this.ending.signal,
      });
      logger.info({ successor: successor.pid }, 'a successor serves, this process finishes what it has');
      void this.succeed(successor);
      return successor.pid;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error({ reason }, 'no successor took over, this process goes on');
      throw error;
    }
  }

  /** A turn later: whoever asked on the admin port has the answer before the port is given up. */
  private async succeed(successor: Successor): Promise<void> {
    this.isAllowed = false;
    await nextTurn();
    this.succeeded.resolve(successor);
  }
}

/** The parent of the successor is this process, which ends soon: it watches the one that this process does. */
function environmentFor({ exitWithParent, parentPid }: RestartOptions['options']): Record<string, string> {
  return exitWithParent ? { [variableOf('parentPid')]: String(parentPid ?? process.ppid) } : {};
}
