import { mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import pino, { type Logger } from 'pino';
import { CommandFailure } from '../failure.ts';
import type { Settings } from './settings.ts';

const maxLogBytes = 10_000_000;

/** JSON lines in a file, so that the terminal keeps what the person should read; the previous file is kept once. */
export function createLogger({
  dataDir,
  logFile,
  logLevel,
}: Pick<Settings, 'dataDir' | 'logFile' | 'logLevel'>): Logger {
  if (logFile === '-') return pino({ level: logLevel }, pino.destination({ dest: 2, sync: true }));
  const file = logFile ?? path.join(dataDir, 'server.log');
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    keepPrevious(file);
    return pino({ level: logLevel }, pino.destination({ dest: file, sync: true, mode: 0o600 }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new CommandFailure(
      `The log ${file} cannot be written (${code}); give ${path.dirname(file)} to this user or choose another place with --data-dir or --log-file.`,
    );
  }
}

function keepPrevious(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > maxLogBytes) renameSync(file, `${file}.1`);
}
