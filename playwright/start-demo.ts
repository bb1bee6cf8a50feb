import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium as browsers, expect } from '@playwright/test';
import { chromium } from './chromium.ts';

const root = path.join(import.meta.dirname, '..');
export const port = Number(process.env.TULLE_TEST_PORT ?? 4480);
export const baseUrl = `http://127.0.0.1:${port}`;

/** Starts the demo as `npm start` does, in a folder of its own, and makes the first admin through the printed link. */
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
  await makeFirstAdmin(link);

  return async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  };
}

async function makeFirstAdmin(link: string): Promise<void> {
  const browser = await browsers.launch(await chromium());
  const page = await browser.newPage();
  await page.goto(link);
  await page.getByLabel('Name').fill('Ana');
  await page.getByLabel('Email').fill('ana@shop.example');
  await page.getByRole('textbox', { name: 'Password' }).fill('a long enough password');
  await page.getByRole('button', { name: 'Open the mesh' }).click();
  await expect(page.getByRole('link', { name: 'Topology' })).toBeVisible();
  mkdirSync(path.join(root, 'playwright/results'), { recursive: true });
  await page.context().storageState({ path: path.join(root, 'playwright/results/session.json') });
  await browser.close();
}
