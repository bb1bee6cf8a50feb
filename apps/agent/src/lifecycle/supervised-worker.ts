import { tellParent, tellParentRegularly } from './parent-channel.ts';
import type { Restartable } from './restart.ts';
import { beatEveryMs } from './watchdog.ts';

/** What a standalone worker says to the process that watches over it. */
export const workerWords = { alive: 'alive', replaceAll: 'replaceAll' } as const;

/** Its supervisor starts the successor of each worker, and then tells it. */
export function replacedBySupervisor(): Restartable {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  return {
    ask: async () => {
      const isHeard = await tellParent(workerWords.replaceAll);
      if (!isHeard) throw new Error('the process that watches over this worker has ended');
      return process.ppid;
    },
    allow: () => process.on('SIGUSR1', () => resolve(undefined)),
    done: promise,
  };
}

export function beat(): void {
  tellParentRegularly(() => workerWords.alive, beatEveryMs).unref();
}
