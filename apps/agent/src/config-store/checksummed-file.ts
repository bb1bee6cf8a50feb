import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

// Not `node:fs/promises`, which brings readline and file watching with it: half a megabyte of an agent.
const open = promisify(fs.open);
const writeFile = promisify(fs.writeFile);
const fsync = promisify(fs.fsync);
const rename = promisify(fs.rename);
const close = promisify(fs.close);
const rm = promisify(fs.rm);

export type ReadResult =
  | { readonly state: 'absent' }
  | { readonly state: 'read'; readonly value: unknown }
  | { readonly state: 'corrupted'; readonly reason: string };

/** The first line is the SHA-256 of all that follows, which is JSON. */
export function readChecksummed(path: string): ReadResult {
  let text: string;
  try {
    text = fs.readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { state: 'absent' };
    return {
      state: 'corrupted',
      reason: `it cannot be read: ${error instanceof Error ? error.message : error}`,
    };
  }
  const lineEnd = text.indexOf('\n');
  const body = text.slice(lineEnd + 1);
  if (lineEnd !== 64 || text.slice(0, lineEnd) !== sha256(body)) {
    return { state: 'corrupted', reason: 'its checksum does not match its content' };
  }
  try {
    return { state: 'read', value: JSON.parse(body) };
  } catch (error) {
    return {
      state: 'corrupted',
      reason: `it is not JSON: ${error instanceof Error ? error.message : error}`,
    };
  }
}

/**
 * Replaces the file as a whole, readable by its owner alone. After a crash at any point there is the old content or
 * the new, never a mixture: written beside it, synced, renamed, and the directory synced.
 */
export async function writeChecksummed(path: string, value: unknown): Promise<void> {
  const body = JSON.stringify(value);
  const beside = `${path}.new`;
  try {
    await writeFile(beside, `${sha256(body)}\n${body}`, { mode: 0o600, flush: true });
    await rename(beside, path);
  } catch (error) {
    // Half of it would keep room on a full disk that others could use.
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
  const directory = await open(dirname(path), 'r');
  try {
    await fsync(directory);
  } finally {
    await close(directory);
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
