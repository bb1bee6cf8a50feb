import type { DataPlaneLogger } from '../data-plane.ts';
import type { HeldSocket } from './listening-sockets.ts';
import { UsageError } from './options.ts';
import { Worker, type WorkerOptions } from './worker.ts';

/** The processes that accept from the same sockets. */
export class Workers {
  private readonly all: readonly Worker[];
  private readonly logger: DataPlaneLogger;

  /** Resolves when all are ready; rejects, with none left, when one is not. */
  static async start(
    count: number,
    socketsOf: (index: number) => readonly HeldSocket[] | Promise<readonly HeldSocket[]>,
    options: WorkerOptions,
    logger: DataPlaneLogger,
  ): Promise<Workers> {
    const started: Worker[] = [];
    for (let index = 0; index < count; index++) {
      const worker = new Worker(index, await socketsOf(index), options, logger);
      started.push(worker);
      await worker.start().catch(async (error: unknown) => {
        await Promise.all(started.map((one) => one.stop(0)));
        throw new UsageError(
          `Worker ${index} did not start: ${error instanceof Error ? error.message : error}.`,
        );
      });
    }
    return new Workers(started, logger);
  }

  private constructor(all: readonly Worker[], logger: DataPlaneLogger) {
    this.all = all;
    this.logger = logger;
  }

  signal(signal: NodeJS.Signals): void {
    for (const worker of this.all) worker.signal(signal);
  }

  /** One after the other, so that all but one process of memory is there once; rejects with the first that fails. */
  async replaceAll(): Promise<void> {
    const { all, logger } = this;
    try {
      for (const worker of all) await worker.replace();
      logger.info({ workers: all.length }, 'all workers are replaced');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error({ reason }, 'a new worker did not start, those there are go on');
      throw error;
    }
  }

  /** Resolves when all have drained and ended, or were killed some time after `drainMs`. */
  async stop(drainMs: number): Promise<void> {
    await Promise.all(this.all.map((worker) => worker.stop(drainMs)));
  }
}
