import type { Page } from '@playwright/test';
import { alone, expect, expectBlocked, test } from './mesh-test.ts';

const version = (page: Page, name: string) => page.getByRole('group', { name: `Version ${name}` });
const weight = (page: Page, name: string) =>
  page.getByRole('textbox', { name: `Weight of ${name} in percent` });
const apply = (page: Page) => page.getByRole('button', { name: 'Apply' });
const applied = (page: Page) => page.getByRole('region', { name: 'What became of it' });

/** Percent that the wire says. */
async function observed(page: Page, name: string): Promise<number> {
  const text = await version(page, name).innerText();
  return Number(/([\d.]+)\s%\s+observed/.exec(text)?.[1]);
}

test.beforeEach(async ({ operator }) => {
  await operator.setSplit('recommendation', { v1: 90, v2: 10 });
});

test(
  'a split is moved, previewed, applied on every agent, observed, and taken back',
  alone,
  async ({ page }) => {
    await page.goto('/traffic/recommendation');
    await expect(weight(page, 'v2')).toHaveValue('10');
    await page.getByRole('slider', { name: 'Weight of v2' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(weight(page, 'v2')).toHaveValue('12');
    await expect(weight(page, 'v1')).toHaveValue('88');

    await weight(page, 'v2').fill('75');
    await expect(weight(page, 'v1')).toHaveValue('25');
    await expect(page.getByText('v2 10 % → 75 %')).toBeVisible();
    await expect(page.getByText(/^about [\d.]+ → [\d.]+ requests\/s, from frontend$/).first()).toBeVisible();
    await expect(page.getByText(/^\d+ agents will take it/)).toBeVisible();

    await page.getByRole('textbox', { name: 'Why' }).fill('v2 recommends better');
    await apply(page).click();
    await expect(applied(page)).toContainText(/Applied.*is on (\d+) of \1 agents after [\d.]+\s(ms|s)/);
    await expect.poll(() => observed(page, 'v2')).toBeGreaterThan(40);

    await applied(page).getByRole('button', { name: 'Undo' }).click();
    await expect(weight(page, 'v2')).toHaveValue('10');
    await expect(applied(page)).toContainText(/Applied.*is on (\d+) of \1 agents/);
  },
);

test(
  'a stale edit is refused, names who changed what, and keeps what was typed',
  alone,
  async ({ page, context, operator }) => {
    // A page that hears of nothing, as on a bad connection.
    const stale = await context.newPage();
    await stale.routeWebSocket('**/trpc', () => undefined);
    await stale.goto('/traffic/recommendation?paused=true');
    await weight(stale, 'v2').fill('30');
    await stale.getByRole('textbox', { name: 'Why' }).fill('a third is enough');

    await page.goto('/traffic/recommendation');
    await weight(page, 'v2').fill('50');
    await page.getByRole('textbox', { name: 'Why' }).fill('half and half');
    await apply(page).click();
    await expect(applied(page)).toBeVisible();

    await apply(stale).click();
    const conflict = stale.getByRole('alert').filter({ hasText: 'changed while you were editing' });
    await expect(conflict).toContainText(/Ana: .*v2.*50.* “half and half”/);
    await expect(conflict).toContainText('What you chose is kept: v1 70 %, v2 30 %.');
    await expect(weight(stale, 'v2')).toHaveValue('30');
    await expect(stale.getByRole('textbox', { name: 'Why' })).toHaveValue('a third is enough');

    await conflict.getByRole('button', { name: 'Keep mine, on top of theirs' }).click();
    await expect(stale.getByText('v2 50 % → 30 %')).toBeVisible();
    await apply(stale).click();
    await expect(applied(stale)).toBeVisible();
    await expect(weight(page, 'v2')).toHaveValue('30');
    await operator.setSplit('recommendation', { v1: 90, v2: 10 });
  },
);

test('a lock holds a weight, and what cannot be applied says why', alone, async ({ page }) => {
  await page.goto('/traffic/recommendation');
  await expectBlocked(apply(page), 'Nothing has been changed yet.');
  await page.getByRole('button', { name: 'Lock the weight of v1' }).click();
  await expect(weight(page, 'v1')).toBeDisabled();
  await expect(weight(page, 'v2')).toBeDisabled();
});

test('callers are made to stay with their version, and told of before and after', alone, async ({ page }) => {
  await page.goto('/traffic/recommendation');
  await page.getByRole('combobox', { name: 'Callers stay with their version' }).click();
  await page.getByRole('option', { name: 'By a cookie they bring' }).click();
  const name = page.getByRole('textbox', { name: 'Name of the cookie' });
  await expectBlocked(apply(page), 'Say by which cookie.');
  await name.fill('a b');
  await expect(name).toHaveAccessibleDescription('Letters, digits and dashes.');

  await name.fill('session');
  await weight(page, 'v2').fill('30');
  await expect(
    page.getByText(
      'Callers stay with their version by cookie session; a request without it is routed by weight.',
    ),
  ).toBeVisible();
  await apply(page).click();
  await expect(applied(page)).toBeVisible();
  await expect(page.getByText('Now a caller stays with its version by cookie session.')).toBeVisible();
  await weight(page, 'v2').fill('40');
  await expect(
    page.getByText('10 % of callers with cookie session move to v2; all others stay.'),
  ).toBeVisible();

  await page.getByRole('button', { name: 'YAML' }).click();
  await expect(page.getByRole('dialog')).toContainText(/sticky:\s+by: cookie\s+name: session/);
});

test('HTML in a reason is text wherever it is shown', alone, async ({ page }) => {
  const reason = `<img src="x" onerror="document.title='owned'"> & <b>bold</b>`;
  await page.goto('/traffic/recommendation');
  await weight(page, 'v2').fill('11');
  await page.getByRole('textbox', { name: 'Why' }).fill(reason);
  await apply(page).click();
  await applied(page)
    .getByRole('link', { name: /^Revision \d+$/ })
    .click();
  await expect(page.getByRole('heading', { name: /^Revision \d+$/ })).toBeVisible();
  await expect(page.getByText(reason, { exact: true })).toBeVisible();
  for (const path of ['/changes', '/traffic', '/services/recommendation']) {
    await page.goto(path);
    await expect(page.getByText(reason).first()).toBeVisible();
  }
  await expect(page).not.toHaveTitle('owned');
});

test(
  'of a single version all traffic can be held before a second one starts',
  alone,
  async ({ page, operator }) => {
    await page.goto('/traffic/shipping');
    await expect(
      page.getByRole('heading', { name: 'All traffic goes to v1, the only version' }),
    ).toBeVisible();
    await page.getByRole('button', { name: 'Hold all traffic on v1' }).click();
    await expect(page.getByText('It gets no traffic until the split gives it some.')).toBeVisible();
    await operator.remove('shipping', 'TrafficSplit');
  },
);
