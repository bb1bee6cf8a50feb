import { type DestinationStream, type Logger, pino } from 'pino';

/** JSON lines on stderr, written without waiting: a stalled reader must not hold up the data path. */
export function createLogger(level: string, fields: object): { logger: Logger; flush: () => void } {
  const destination = pino.destination({ dest: 2, sync: false });
  const logger = pino(
    { level, base: { pid: process.pid, ...fields } },
    destination satisfies DestinationStream,
  );
  const flush = () => {
    try {
      destination.flushSync();
    } catch (error) {
      // Nothing was written yet, or the reader is gone; there is no one left to tell.
      if (!(error instanceof Error)) throw error;
    }
  };
  return { logger, flush };
}
