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
  return { executablePath: system ?? (await packagedChromium()), args: quiet };
}

async function packagedChromium(): Promise<string> {
  // The package brings NSS and its like along, and unpacks them only where it takes itself to be on AWS Lambda.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs24.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  return packaged.executablePath();
}
