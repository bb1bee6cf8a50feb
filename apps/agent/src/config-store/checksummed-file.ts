import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export type ReadResult =
  | { readonly state: 'absent' }
  | { readonly state: 'read'; readonly value: unknown }
  | { readonly state: 'corrupted'; readonly reason: string };

/** The first line is the SHA-256 of all that follows, which is JSON. */
export function readChecksummed(path: string): ReadResult {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
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
  const file = await open(beside, 'w', 0o600);
  try {
    await file.writeFile(`${sha256(body)}\n${body}`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
