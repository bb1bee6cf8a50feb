import type { Page, WebSocket } from '@playwright/test';
import { expect, test } from './mesh-test.ts';

/** Of what a person sees as steady, half. */
const mostShift = 0.05;

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

interface Place {
  readonly path: string;
  /** The name of what stands there while nothing has come; the graph may come by its own way before. */
  readonly waits?: string;
  readonly ready: (page: Page) => ReturnType<Page['locator']>;
  /** The table of the page before, which must not ask for the same: `changes` names services. */
  readonly from?: 'certificates';
  /** What it shows comes once, and not every few seconds. */
  readonly isStill?: true;
  /** Its figures come by the socket, and are not asked for. */
  readonly isPushed?: true;
}

const table = (name: string) => (page: Page) => page.getByRole('table', { name, exact: true });
const places: readonly Place[] = [
  // By name: by rate, rows take their new places every ten seconds.
  { path: '/?list=true&sort=call', ready: table('calls'), isPushed: true },
  { path: '/services', from: 'certificates', waits: 'Loading services', ready: table('services') },
  {
    path: '/services/recommendation',
    waits: 'Loading the service',
    ready: (page) => page.getByRole('figure').nth(3),
  },
  { path: '/traffic', waits: 'Loading traffic splits', ready: table('traffic splits') },
  {
    path: '/traffic/recommendation',
    waits: 'Loading the split',
    ready: (page) => page.getByRole('figure').nth(1),
  },
  { path: '/certificates', waits: 'Loading certificates', ready: table('certificates'), isStill: true },
  { path: '/access', waits: 'Loading services', ready: table('services') },
  {
    path: '/access/recommendation',
    waits: 'Loading the rule',
    ready: (page) => page.getByRole('radio', { name: 'Nobody' }),
  },
  { path: '/agents', waits: 'Loading agents', ready: table('agents') },
  { path: '/agents/join-tokens', waits: 'Loading join tokens', ready: table('join tokens'), isStill: true },
  { path: '/settings', waits: 'Loading people', ready: table('people'), isStill: true },
  {
    path: '/changes/1',
    waits: 'Loading the revision',
    ready: (page) => page.getByRole('heading', { name: 'What changed' }),
    isStill: true,
  },
];

/** Counts every shift of what is drawn that no press or key explains. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        value: number;
        hadRecentInput: boolean;
      })[])
        if (!entry.hadRecentInput) shifts.push(entry.value);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () =>
    page.evaluate(() => Reflect.get(window, 'shifts').reduce((sum: number, each: number) => sum + each, 0));
}

/**
 * Pages that are moved to come without their data, as when the server had none in time, and the API answers nothing until
 * the function that this returns is called: what is shown meanwhile is shown until it has been seen.
 */
async function holdAnswers(page: Page): Promise<() => void> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route(
    (url) => url.searchParams.has('_rsc'),
    async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replaceAll('"queryHash":"', '"queryHash":"another than ');
      await route.fulfill({ response: answer, body });
    },
  );
  await page.route('**/trpc/**', async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

for (const size of sizes) {
  for (const { path, from = 'changes', waits, ready, isStill, isPushed } of places) {
    test(`${path} waits in its own shape at ${size.width}, and nothing jumps`, async ({ page }) => {
      const shifted = await watchShifts(page);
      const sockets: WebSocket[] = [];
      page.on('websocket', (socket) => sockets.push(socket));
      await page.setViewportSize(size);
      await page.goto(`/${from}`);
      await expect(table(from)(page)).toBeVisible();
      const release = await holdAnswers(page);
      const before = await shifted();
      await page.evaluate((to) => Reflect.get(window, 'next').router.push(to), path);
      if (waits !== undefined) await expect(page.getByRole('status', { name: waits })).toBeVisible();
      release();
      await expect(ready(page)).toBeVisible();
      // The next round of figures: a table that lives stands still too.
      if (isPushed) await sockets.findLast((socket) => !socket.isClosed())?.waitForEvent('framereceived');
      else if (!isStill) await page.waitForResponse(/\/trpc\//);
      expect((await shifted()) - before).toBeLessThan(mostShift);
    });
  }
}

test('with reduced motion nothing moves by itself, and what turns stands', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const moving = () =>
    page.evaluate(() =>
      document
        .getAnimations()
        .map(({ effect }) => Number(effect?.getComputedTiming().activeDuration))
        .filter((duration) => duration > 1),
    );
  await page.goto('/traffic/recommendation');
  await expect(page.getByRole('figure').first()).toBeVisible();
  expect(await moving()).toEqual([]);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await moving()).toEqual([]);
  await page.keyboard.press('Escape');

  // A button that works turns a wheel, were it not for the wish.
  await page.goto('/agents/join-tokens?create=true');
  const dialog = page.getByRole('dialog', { name: 'New join token' });
  await dialog.getByLabel('Service').fill('orders');
  await page.route('**/trpc/joinTokens.create**', () => undefined);
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.locator('[data-loading]').first()).toBeVisible();
  expect(await moving()).toEqual([]);

  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.goto('/?select=catalogue');
  await expect(page.getByRole('figure').first()).toBeVisible();
  expect(await moving()).toEqual([]);
});

test('what is typed while a page is on its way does not call it off', async ({ page }) => {
  await page.goto('/changes');
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route(
    (url) => url.searchParams.has('_rsc'),
    async (route) => {
      await released;
      await route.continue();
    },
  );
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Agents' }).click();
  await page.getByRole('searchbox', { name: 'Search changes' }).fill('split');
  await expect(page).toHaveURL('/changes?q=split');
  release();
  await expect(page.getByRole('heading', { name: 'Agents', level: 1 })).toBeVisible();
  await expect(page).toHaveURL('/agents');
});

test('versions are proposed also when services come later than the form', async ({ page }) => {
  await page.goto('/certificates');
  await expect(table('certificates')(page)).toBeVisible();
  const release = await holdAnswers(page);
  await page.evaluate(() => Reflect.get(window, 'next').router.push('/rollouts/new?service=payment'));
  const why = page.getByRole('textbox', { name: 'Why' });
  await why.fill('typed before');
  await expect(page.getByRole('combobox', { name: 'Stable' })).toHaveValue('');
  release();
  await expect(page.getByRole('combobox', { name: 'Stable' })).toHaveValue('v1');
  await expect(page.getByRole('combobox', { name: 'Candidate', exact: true })).toHaveValue('v2');
  await expect(why).toHaveValue('typed before');
});
