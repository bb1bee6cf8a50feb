import { join } from 'node:path';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { BundleParts } from './bundle.ts';

/** Older ones are removed: asking for bundles must not fill the disk. */
const MAX_BUNDLES = 5;

/** Writes a bundle for its owner alone to read, below the data directory, and resolves with its path. */
export async function writeBundle(
  dataDir: string,
  parts: BundleParts,
  logger: DataPlaneLogger,
): Promise<string> {
  // Loaded only now: with it come readline and file watching, a megabyte of an agent.
  const { mkdir, rm, writeFile } = await import('node:fs/promises');
  const { collectBundle } = await import('./bundle.ts');
  const folder = join(dataDir, 'diagnostics');
  const path = join(folder, `bundle-${new Date().toISOString().replaceAll(':', '-')}.json`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = `${JSON.stringify(await collectBundle(parts), null, 2)}\n`;
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (error) {
    // On a full disk half a bundle helps nobody, and keeps room that others need.
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
  await removeOld(folder);
  logger.info({ path }, 'a diagnostic bundle was written');
  return path;
}

async function removeOld(folder: string): Promise<void> {
  const { readdir, rm } = await import('node:fs/promises');
  const bundles = (await readdir(folder)).filter((name) => name.startsWith('bundle-')).sort();
  for (const name of bundles.slice(0, -MAX_BUNDLES)) await rm(join(folder, name), { force: true });
}
