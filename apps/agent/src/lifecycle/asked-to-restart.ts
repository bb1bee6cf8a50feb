import type { ListeningSockets } from './listening-sockets.ts';
import type { Logger } from './logger.ts';
import { variableOf } from './options.ts';
import type { Successor } from './successor.ts';

const readyTimeoutMs = 30_000;

export interface RestartOptions {
  readonly sockets: ListeningSockets;
  readonly options: { readonly exitWithParent: boolean; readonly parentPid?: number | undefined };
  /** Settles when this process is to end: a successor that is just starting is then ended as well. */
  readonly asked: Promise<string>;
  readonly logger: Logger;
}

/**
 * SIGUSR1: starts this program again, as it is on disk now, on the sockets of this process. Resolves with the process
 * that is ready; one that fails is logged, and this process goes on as if nothing had been asked.
 */
export function askedToRestart({ sockets, options, asked, logger }: RestartOptions): Promise<Successor> {
  const ending = new AbortController();
  void asked.then((reason) => ending.abort(reason));
  return new Promise((resolve) => {
    let trying = false;
    process.on('SIGUSR1', async () => {
      if (trying || ending.signal.aborted) return;
      trying = true;
      logger.info({}, 'starting a successor');
      try {
        const { Successor } = await import('./successor.ts');
        const successor = await Successor.start({
          sockets: sockets.sockets(),
          environment: environmentFor(options),
          timeoutMs: readyTimeoutMs,
          signal: ending.signal,
        });
        logger.info({ successor: successor.pid }, 'a successor serves, this process finishes what it has');
        resolve(successor);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        logger.error({ reason }, 'no successor took over, this process goes on');
        trying = false;
      }
    });
  });
}

/** The parent of the successor is this process, which ends soon: it watches the one that this process does. */
function environmentFor({ exitWithParent, parentPid }: RestartOptions['options']): Record<string, string> {
  return exitWithParent ? { [variableOf('parentPid')]: String(parentPid ?? process.ppid) } : {};
}
