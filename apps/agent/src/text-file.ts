import { readFileSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';

/** Of small files that people name, read seldom. Throws an `Error` with the path and the reason in words. */
export function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') throw error;
    throw new Error(`cannot read ${path}: ${getSystemErrorMessage(error.errno)}`, { cause: error });
  }
}
