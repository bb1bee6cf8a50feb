import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium as browsers, expect } from '@playwright/test';
import { chromium } from './chromium.ts';

const root = path.join(import.meta.dirname, '..');
export const port = Number(process.env.TULLE_TEST_PORT ?? 4480);
export const baseUrl = `http://127.0.0.1:${port}`;
/** While the whole shop starts, nothing else is fast. */
const patience = { timeout: 60_000 };
export const ana = { name: 'Ana', email: 'ana@shop.example', password: 'a long enough password' } as const;

/** Where the running demo keeps its data; the tests' processes inherit it from the one that started the demo. */
export function demoDataDir(): string {
  return fromSetup('TULLE_TEST_DATA_DIR');
}

/** The printed link, which the setup has spent. */
export function spentLink(): string {
  return fromSetup('TULLE_TEST_SPENT_LINK');
}

function fromSetup(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: the demo has not been started`);
  return value;
}

/**
 * Starts the demo as `npm start` does, in a folder of its own, makes the first admin through the printed link and waits
 * until traffic is everywhere.
 */
export default async function startDemo(): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tulle-demo-'));
  const server = spawn(process.execPath, [path.join(root, 'apps/cli/bin/tulle.mjs'), 'server', '--demo'], {
    env: {
      ...process.env,
      TULLE_PORT: String(port),
      TULLE_AGENTS_PORT: String(port + 1),
      TULLE_DATA_DIR: dataDir,
      TULLE_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => server.once('exit', (code) => resolve(code)));
  const link = await new Promise<string>((resolve, reject) => {
    let output = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /http:\/\/\S+\/welcome\?token=\S+/.exec(output);
      if (found !== null) resolve(found[0]);
    });
    void ended.then((code) => reject(new Error(`the server ended with ${code}:\n${output}`)));
  });
  process.env.TULLE_TEST_DATA_DIR = dataDir;
  process.env.TULLE_TEST_SPENT_LINK = link;
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await makeFirstAdmin(link);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function makeFirstAdmin(link: string): Promise<void> {
  const browser = await browsers.launch(await chromium());
  const page = await browser.newPage();
  await page.goto(link);
  await page.getByLabel('Name').fill(ana.name);
  await page.getByLabel('Email').fill(ana.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(ana.password);
  await page.getByRole('button', { name: 'Open the mesh' }).click();
  await expect(page.getByRole('link', { name: 'Topology' })).toBeVisible(patience);
  mkdirSync(path.join(root, 'playwright/results'), { recursive: true });
  await page.context().storageState({ path: path.join(root, 'playwright/results/session.json') });
  // Only people who check out reach payment, so then the whole shop is alive.
  await page.goto(`${baseUrl}/?list=true`);
  await expect(page.getByRole('link', { name: 'checkout → payment' })).toBeVisible(patience);
  await browser.close();
}
