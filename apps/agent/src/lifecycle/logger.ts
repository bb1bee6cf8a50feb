import { write } from 'node:fs';
import type { DataPlaneLogger } from '../data-plane.ts';

/** As numbered by pino, whose lines the agents' readers know. */
const levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60, silent: Infinity } as const;
export type Level = keyof typeof levels;

export interface Logger extends DataPlaneLogger {
  fatal(fields: object, message: string): void;
}

/**
 * JSON lines on standard error, in pino's form. Not by pino: with the modules of Node that it asks for (workers,
 * assertions, file streams) it would be the largest library of the agent, of which one stands beside every service.
 */
export function createLogger(level: Level, fields: object): Logger {
  const output = new Output();
  const base = { pid: process.pid, ...fields };
  const at = (own: Level) => {
    if (levels[own] < levels[level]) return () => undefined;
    return (more: object, msg: string) => {
      const line = { level: levels[own], time: Date.now(), ...base, ...more, msg };
      output.add(`${JSON.stringify(line, plain)}\n`);
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), fatal: at('fatal') };
}

/** Of an error its own words; what else hangs on it may be a socket, or a certificate that holds itself. */
export function plain(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name: type, message, stack, cause } = value;
  return { type, message, stack, ...('code' in value && { code: value.code }), cause };
}

const standardError = 2;
const retryMs = 100;
const mostWaiting = 1 << 20;

/** Written without waiting: a stalled reader must neither hold up the data path nor fill the memory. */
class Output {
  #waiting: string[] = [];
  #length = 0;
  #writing = false;

  add(line: string): void {
    if (this.#length > mostWaiting) return;
    this.#waiting.push(line);
    this.#length += line.length;
    if (!this.#writing) this.#next();
  }

  #next(): void {
    this.#writing = this.#waiting.length > 0;
    if (!this.#writing) return;
    const lines = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#length = 0;
    this.#write(lines);
  }

  #write(bytes: Buffer): void {
    write(standardError, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => this.#write(bytes), retryMs);
      // Of any other failure there is no one left to tell.
      else if (error === null && written < bytes.length) this.#write(bytes.subarray(written));
      else this.#next();
    });
  }
}
