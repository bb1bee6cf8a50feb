import type { Page } from '@playwright/test';
import { alone, expect, test } from './mesh-test.ts';

const figures = (page: Page) => page.getByText(/^11 services · \d+ instances · [\d.,]+ req\/s$/);
const node = (page: Page, service: string) =>
  page.getByRole('list', { name: 'Services' }).getByRole('button', { name: service, exact: true });
const edge = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Calls' }).getByRole('button', { name, exact: true });
const panel = (page: Page, name: string) => page.getByRole('complementary', { name, exact: true });
const inUrl = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

test('the graph lives: its figures change by themselves', async ({ page }) => {
  await page.goto('/?window=1m');
  const before = await figures(page).innerText();
  await expect(figures(page)).not.toHaveText(before);
});

test('a call is found, and its panel says how it does and who speaks with whom', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('searchbox', { name: 'Find in the graph' }).fill('catalogue');
  await page.getByRole('button', { name: 'Show found' }).click();
  await edge(page, 'frontend → catalogue').click();

  const call = panel(page, 'frontend → catalogue');
  await expect(call).toContainText('HTTP · mutual TLS 1.3');
  await expect(call).toContainText(/[\d.]+\s?req\/s/);
  await expect(call).toContainText(/[\d.]+\s%\s?errors/);
  await expect(call).toContainText(/[\d.]+\s(ms|s)\s?p95/);
  for (const service of ['frontend', 'catalogue'])
    await expect(
      call.getByRole('button', { name: new RegExp(`^Copy SPIFFE ID spiffe://\\S+/service/${service}$`) }),
    ).toBeVisible();
  await expect(call.getByRole('link', { name: 'Edit split' })).toHaveAttribute(
    'href',
    /^\/traffic\/catalogue/,
  );
});

test('selection and window are in the URL and survive a reload', async ({ page }) => {
  await page.goto('/');
  await node(page, 'checkout').click();
  await expect(panel(page, 'checkout')).toBeVisible();
  await page.getByRole('button', { name: 'Last 15 min' }).click();
  await page.getByRole('menuitemradio', { name: 'Last 5 min' }).click();
  await expect.poll(() => [inUrl(page, 'select'), inUrl(page, 'window')]).toEqual(['checkout', '5m']);

  await page.reload();
  await expect(panel(page, 'checkout')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Last 5 min' })).toBeVisible();
  await page.goBack();
  await expect(panel(page, 'checkout')).toBeHidden();
});

test('nodes stay where they are when the page is loaded again', async ({ page }) => {
  await page.goto('/');
  const places = async () => {
    const boxes: Record<string, unknown> = {};
    for (const service of ['load-generator', 'frontend', 'checkout', 'payment', 'email'])
      boxes[service] = await node(page, service).boundingBox();
    return boxes;
  };
  await expect(node(page, 'payment')).toBeVisible();
  const before = await places();
  await page.reload();
  await expect(node(page, 'payment')).toBeVisible();
  await expect.poll(places).toEqual(before);
});

test('a node is reached, opened and left by keyboard', async ({ page }) => {
  await page.goto('/');
  await expect(node(page, 'frontend')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find in the graph' }).focus();
  // The graph stands before its toolbar: the calls of its first service, and that service itself.
  await page.keyboard.press('Shift+Tab');
  await expect(edge(page, 'frontend → ads')).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(node(page, 'ads')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(node(page, 'frontend')).toBeFocused();

  await page.keyboard.press('Enter');
  await expect(panel(page, 'frontend').getByRole('heading', { name: 'frontend' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel(page, 'frontend')).toBeHidden();
  await expect(node(page, 'frontend')).toBeFocused();
});

test('what is painted is said: a service and a call are described by their health', async ({ page }) => {
  await page.goto('/?window=1m');
  const health = /^(idle|healthy|degraded|failing)$/;
  await expect(node(page, 'catalogue')).toHaveAccessibleDescription(health);
  await expect(edge(page, 'frontend → catalogue')).toHaveAccessibleDescription(health);
});

test('Escape empties the find box first, and closes the panel then', async ({ page }) => {
  await page.goto('/?select=checkout');
  const find = page.getByRole('searchbox', { name: 'Find in the graph' });
  await find.fill('payment');
  await find.press('Escape');
  await expect(find).toHaveValue('');
  await expect(panel(page, 'checkout')).toBeVisible();
  await find.press('Escape');
  await expect(panel(page, 'checkout')).toBeHidden();
});

test('pause keeps the figures still while the mesh goes on', async ({ page, context }) => {
  await page.goto('/?window=1m');
  await page.getByRole('button', { name: 'Live, pause' }).click();
  await expect(page.getByRole('button', { name: 'Paused, resume' })).toBeVisible();
  const still = await figures(page).innerText();

  const live = await context.newPage();
  await live.goto('/?window=1m');
  const moving = await figures(live).innerText();
  await expect(figures(live)).not.toHaveText(moving);
  await live.close();
  await expect(figures(page)).toHaveText(still);

  await page.getByRole('button', { name: 'Paused, resume' }).click();
  await expect(figures(page)).not.toHaveText(still);
});

test('what is on its way when one pauses moves no figure any more', async ({ page }) => {
  await page.goto('/services?window=1m');
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/trpc/**', async (route) => {
    if (!route.request().url().includes('services.list')) return route.continue();
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll(/"rate":[\d.]+/g, '"rate":123456');
    ask();
    await released;
    await route.fulfill({ response: answer, body });
  });
  await asked;
  await page.getByRole('button', { name: 'Live, pause' }).click();
  await expect(page.getByRole('button', { name: 'Paused, resume' })).toBeVisible();
  const come = page.waitForResponse(/services\.list/);
  release();
  await (await come).finished();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  await expect(page.getByText(/^123/)).toHaveCount(0);
});

test('the card of a running rollout says at which step it is', alone, async ({ page, operator }) => {
  await operator.setSplit('recommendation', { v1: 100, v2: 0 });
  await operator.startRollout({
    service: 'recommendation',
    stable: 'v1',
    candidate: 'v2',
    steps: [
      { type: 'setWeight', weight: 20 },
      { type: 'approval', approvals: 1 },
    ],
    reason: 'to be seen in the graph',
  });
  await page.goto('/?select=frontend->recommendation');
  const card = panel(page, 'frontend → recommendation').getByRole('link', { name: /^Canary v2/ });
  await expect(card).toHaveText('Canary v2 waits for approvalStep 2 of 2 · Approval by 1 person');
  await operator.setSplit('recommendation', { v1: 90, v2: 10 });
});

test('what is hidden leaves the graph with its calls, stays hidden on a reload, and is counted', async ({
  page,
}) => {
  await page.goto('/');
  await expect(node(page, 'ads')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Hide in the graph' }).fill('ads, email');
  await expect(node(page, 'ads')).toHaveCount(0);
  await expect(edge(page, 'checkout → email')).toHaveCount(0);
  await expect(node(page, 'checkout')).toBeVisible();
  // The address says it a moment after the page does.
  await expect.poll(() => inUrl(page, 'hide')).toBe('ads, email');
  await page.reload();
  await expect(page.getByText('2 hidden', { exact: true })).toBeVisible();
  await expect(node(page, 'ads')).toHaveCount(0);

  const hide = page.getByRole('searchbox', { name: 'Hide in the graph' });
  await hide.fill('a, e, i');
  await page.getByRole('button', { name: 'Hide nothing' }).click();
  await expect(node(page, 'ads')).toBeVisible();
  await expect(hide).toHaveValue('');
});

test(
  'the graph goes back to before a change, says what is different now, and comes back',
  alone,
  async ({ page, operator }) => {
    await operator.setSplit('recommendation', { v1: 80, v2: 20 }, 'to be looked back on');
    await page.goto('/?window=1m');
    await page.getByRole('button', { name: 'Time: now' }).click();
    await page
      .getByRole('menuitem', { name: /^r\d+ Split of recommendation/ })
      .first()
      .click();
    const compared = page.getByRole('region', { name: 'Compared with now' });
    await expect(compared).toContainText(/As it was at .+, over 1\smin/);
    await expect(node(page, 'recommendation')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Past, back to now' })).toBeVisible();
    // Before the mesh was there, nobody called anybody.
    await page.goto(`/?at=${Date.now() - 7 * 86_400_000}`);
    await expect(compared.getByRole('listitem').first()).toContainText(/none then, now [\d.]+\s\/s/);
    await compared.getByRole('button', { name: 'Back to now' }).click();
    await expect(compared).toHaveCount(0);
    await expect.poll(() => inUrl(page, 'at')).toBeNull();
    await expect(page.getByRole('button', { name: 'Live, pause' })).toBeVisible();
    await operator.setSplit('recommendation', { v1: 90, v2: 10 });
  },
);

test('the graph can be read as a table, with the security of every call', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'List', exact: true }).click();
  const calls = page.getByRole('table', { name: 'calls' });
  await expect(calls.getByRole('row', { name: /frontend → catalogue/ })).toContainText('mutual TLS');
  // The boxes of the graph serve the table too; there is no third one.
  await expect(page.getByRole('searchbox')).toHaveCount(2);
  const find = page.getByRole('searchbox', { name: 'Find in the graph' });
  await find.fill('payment');
  await expect(calls.getByRole('row')).toHaveCount(2);
  await find.fill('no such thing');
  await expect(page.getByRole('heading', { name: 'No call is like that' })).toBeVisible();
  await find.fill('');
  await calls.getByRole('link', { name: 'checkout → payment' }).click();
  await expect(panel(page, 'checkout → payment')).toBeVisible();
});

test('search leads from anywhere to a service', async ({ page }) => {
  await page.goto('/changes');
  await page.getByRole('button', { name: /^Search services, pages, actions/ }).click();
  const search = page.getByRole('dialog');
  await search.getByRole('textbox', { name: 'Search services, pages, actions' }).fill('shipp');
  await search.getByRole('button', { name: /shipping/ }).click();
  await expect(page).toHaveURL('/services/shipping');
});
