import { existsSync } from 'node:fs';
import type { LaunchOptions } from '@playwright/test';

// What keeps a headless browser from calling home and from needing a GPU or a large /dev/shm.
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** The browser to test with: CHROMIUM_PATH, the system's, or the one that npm ships. */
export async function chromium(): Promise<LaunchOptions> {
  const system = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (system !== undefined) return { executablePath: system, args: quiet };
  const { default: packaged } = await import('@sparticuz/chromium');
  const args = packaged.args.filter((arg) => arg !== '--single-process' && !arg.startsWith('--headless'));
  return { executablePath: await packaged.executablePath(), args: [...args, ...quiet] };
}
