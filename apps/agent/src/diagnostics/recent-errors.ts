import type { DataPlaneLogger } from '../data-plane.ts';
import { plain } from '../lifecycle/logger.ts';

const MAX_ENTRIES = 50;
const MAX_LENGTH = 2_000;

export interface LoggedProblem {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly level: 'warn' | 'error';
  readonly message: string;
  /** The fields as JSON, cut where they are long. */
  readonly fields: string;
}

/** The last warnings and errors that were logged, for whoever asks what went wrong when the log is elsewhere. */
export class RecentErrors {
  private readonly entries: LoggedProblem[] = [];

  list(): readonly LoggedProblem[] {
    return [...this.entries];
  }

  /** A logger that passes everything on and remembers what was a problem. */
  watch(logger: DataPlaneLogger): DataPlaneLogger {
    return {
      debug: (fields, message) => logger.debug(fields, message),
      info: (fields, message) => logger.info(fields, message),
      warn: (fields, message) => {
        this.add('warn', fields, message);
        logger.warn(fields, message);
      },
      error: (fields, message) => {
        this.add('error', fields, message);
        logger.error(fields, message);
      },
    };
  }

  private add(level: LoggedProblem['level'], fields: object, message: string): void {
    if (this.entries.length === MAX_ENTRIES) this.entries.shift();
    const text = JSON.stringify(fields, plain).slice(0, MAX_LENGTH);
    this.entries.push({ at: Date.now(), level, message, fields: text });
  }
}
