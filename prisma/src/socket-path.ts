import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DatabaseError } from './database-error.ts';

/** sun_path holds 104 bytes on macOS and 108 on Linux, with the closing NUL. */
const maxPathBytes = 103;

/**
 * A directory of mode 0700 for the Unix socket `name`: `wanted` itself, or, where its path is too long for a
 * socket, one in the system's temporary directory that follows from it.
 */
export async function socketDirectory(wanted: string, name: string): Promise<string> {
  const fits = Buffer.byteLength(path.join(wanted, name)) <= maxPathBytes;
  const directory = fits ? wanted : path.join(os.tmpdir(), `tulle-${shortHash(wanted)}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!fits) await assertOurs(directory);
  await chmod(directory, 0o700);
  return directory;
}

/** Anyone can make a directory of that name beforehand and would then own our socket. */
async function assertOurs(directory: string): Promise<void> {
  const stats = await lstat(directory);
  if (stats.isDirectory() && stats.uid === process.getuid?.()) return;
  throw new DatabaseError('unwritable', `${directory} belongs to someone else; remove it or set TMPDIR.`);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
