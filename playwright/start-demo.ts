import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium as browsers, expect, type Page } from '@playwright/test';
import { chromium } from './chromium.ts';
import { startServer } from './start-server.ts';

const root = path.join(import.meta.dirname, '..');
export const port = Number(process.env.TULLE_TEST_PORT ?? 4480);
export const baseUrl = `http://127.0.0.1:${port}`;
/** While the whole shop starts, nothing else is fast. */
const patience = { timeout: 300_000 };
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
  const server = startServer({ port, dataDir, demo: true });
  const stop = async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const link = await server.link;
    process.env.TULLE_TEST_DATA_DIR = dataDir;
    process.env.TULLE_TEST_SPENT_LINK = link;
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
  // Outside of a test, what does not wait for something it expects gives up after half a minute.
  page.setDefaultTimeout(patience.timeout);
  await becomeAdmin(page, link);
  mkdirSync(path.join(root, 'playwright/results'), { recursive: true });
  await page.context().storageState({ path: path.join(root, 'playwright/results/session.json') });
  // Only people who check out reach payment, so then the whole shop is alive.
  await page.goto(`${baseUrl}/?list=true`);
  await expect(page.getByRole('link', { name: 'checkout → payment' })).toBeVisible(patience);
  await browser.close();
}

/** Ana, through the link that the first start prints. */
export async function becomeAdmin(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Name').fill(ana.name);
  await page.getByLabel('Email').fill(ana.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(ana.password);
  await page.getByRole('button', { name: 'Open the mesh' }).click();
  await expect(page.getByRole('link', { name: 'Topology' }).first()).toBeVisible(patience);
}
