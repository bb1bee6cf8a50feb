import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { People } from './people.ts';

const operatorFileSchema = z.object({ url: z.string(), token: z.string() });

/** `<dataDir>/operator.json`, mode 0600: with it the command line of this machine speaks as the operator. */
export async function writeOperatorFile(people: People, dataDir: string, url: string): Promise<void> {
  const file = path.join(dataDir, 'operator.json');
  const token = await people.operatorToken(await heldToken(file));
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, `${JSON.stringify({ url, token })}\n`, { mode: 0o600, flush: true });
  await rename(aside, file);
}

async function heldToken(file: string): Promise<string | undefined> {
  try {
    return operatorFileSchema.parse(JSON.parse(await readFile(file, 'utf8'))).token;
  } catch {
    // Missing, or not ours any more: a new token takes its place.
    return undefined;
  }
}
