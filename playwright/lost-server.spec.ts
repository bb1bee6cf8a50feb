import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { becomeAdmin, port as demoPort } from './start-demo.ts';
import { type RunningServer, startServer } from './start-server.ts';

// A server of its own, to be killed, and a mesh without a service.
const port = demoPort + 2;
const at = `http://127.0.0.1:${port}`;
const longest = 'a-service-with-the-longest-name-that-a-mesh-allows-is-63-of-them';
const lostLine = (page: Page) => page.getByText(/^Connection lost, trying again\./);
const pages = ['/', '/services', '/traffic', '/rollouts', '/certificates', '/agents', '/changes'];

let dataDir: string;
let server: RunningServer;
let page: Page;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async ({ browser }) => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'tulle-lost-'));
  server = startServer({ port, dataDir, demo: false });
  page = await (
    await browser.newContext({ baseURL: at, storageState: { cookies: [], origins: [] } })
  ).newPage();
  await becomeAdmin(page, await server.link);
});

test.afterAll(async () => {
  await page.context().close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('an empty mesh says on a phone what would be here, and how it comes', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const empty: readonly (readonly [string, string])[] = [
    ['/', 'No services in this mesh yet'],
    ['/?list=true', 'No services in this mesh yet'],
    ['/services', 'No services in this mesh yet'],
    ['/traffic', 'Nothing to split yet'],
    ['/rollouts', 'No rollouts yet'],
    ['/certificates', 'No certificates yet'],
    ['/agents', 'No agents yet'],
    ['/agents/join-tokens', 'No join tokens yet'],
    ['/changes', 'Nothing has been changed yet'],
  ];
  for (const [place, words] of empty) {
    await page.goto(place);
    await expect(page.getByRole('heading', { name: words })).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, place).toBeLessThanOrEqual(390);
    const name = place.replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'topology';
    await page.screenshot({ path: path.join(import.meta.dirname, `screenshots/empty-${name}-390.png`) });
  }
});

test('a thousand services with long names are listed, drawn and found, and nothing is wider than the page', async () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `${longest.slice(0, 59)}${1_000 + index}`);
  expect(names[0]).toHaveLength(63);
  await declare(names);
  for (const size of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(size);
    for (const place of ['/services', '/traffic', '/changes', '/rollouts/new', '/']) {
      await page.goto(place);
      if (place === '/services' || place === '/traffic')
        await expect(page.getByRole('table').getByRole('row').nth(3)).toBeVisible();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `${place} at ${size.width}`).toBeLessThanOrEqual(size.width);
    }
    await expect(page.getByText(/^1,000 services/)).toBeVisible();
    await page.screenshot({ path: path.join(import.meta.dirname, `screenshots/thousand-${size.width}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/services');
  await page.getByRole('searchbox', { name: 'Search services' }).fill('1999');
  await expect(page.getByRole('table', { name: 'services' }).getByRole('row')).toHaveCount(2);
});

test('a page whose server is gone says how old it is, holds a link, and recovers by itself', async () => {
  const others = await Promise.all(
    pages.map(async (place) => {
      const other = await page.context().newPage();
      await other.goto(place);
      await expect(other.getByRole('heading', { level: 1 })).toBeAttached();
      return other;
    }),
  );
  const services = others[1] as Page;
  const rows = services.getByRole('table', { name: 'services' }).getByRole('row');
  await expect(rows.nth(3)).toBeVisible();
  await server.kill();
  for (const other of others) await expect(lostLine(other)).toContainText(/is \d+\s(s|min) old/);
  await expect(rows.nth(3)).toBeVisible();
  await expect(services.getByText(/could not be shown/)).toHaveCount(0);
  await expect(services.getByRole('button', { name: /^Waiting, / })).toBeVisible();

  await services.getByRole('link', { name: 'Changes' }).click();
  await expect(lostLine(services)).toContainText('Changes opens when the server answers.');
  await expect(services).toHaveURL(/\/services$/);

  server = startServer({ port, dataDir, demo: false });
  for (const other of others) await expect(lostLine(other)).toBeHidden();
  await expect(services).toHaveURL(/\/changes$/);
  await expect(services.getByRole('table', { name: 'changes' }).getByRole('row').nth(1)).toBeVisible();
  await Promise.all(others.map((other) => other.close()));
});

/** Declares services that run elsewhere, as `tulle apply` does. */
async function declare(names: readonly string[]): Promise<void> {
  const { url, token } = JSON.parse(readFileSync(path.join(dataDir, 'operator.json'), 'utf8'));
  const yaml = names
    .map((name) => `kind: Service\nname: ${name}\nendpoints: [{ host: 10.1.1.1, port: 80 }]\n`)
    .join('---\n');
  const response = await fetch(`${url}/trpc/resources.applyYaml`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ yaml, reason: 'a thousand' }),
  });
  expect(response.status, await response.text()).toBe(200);
}
