import type { Page } from '@playwright/test';
import { alone, expect, expectBlocked, test } from './mesh-test.ts';

const choose = (page: Page, name: string | RegExp) => page.getByRole('radio', { name });
const apply = (page: Page) => page.getByRole('button', { name: 'Apply' });
const applied = (page: Page) => page.getByRole('region', { name: 'What became of it' });
const row = (page: Page, service: string) =>
  page
    .getByRole('table', { name: 'services' })
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: service }) });

test(
  'a rule says whom it would cut off, names callers, is applied on every agent, and is deleted',
  alone,
  async ({ page }) => {
    await page.goto('/access?window=1m');
    await expect(row(page, 'recommendation')).toContainText('anyone, by default');
    await page.getByRole('link', { name: 'recommendation' }).click();
    await expectBlocked(apply(page), 'Nothing is changed yet.');
    await choose(page, 'Nobody').check();
    await expect(
      page.getByText(/^frontend calls recommendation at [\d.]+\s\/s and would be refused\.$/),
    ).toBeVisible();

    // Those who call it now are named already.
    await choose(page, 'Only some').check();
    await expect(page.getByText(/^Nobody who called in the last 1\smin would be refused/)).toBeVisible();
    await page.getByRole('combobox', { name: 'Callers' }).fill('newsletter');
    await page.getByRole('textbox', { name: 'Why' }).fill('of the shop alone');
    await apply(page).click();
    await expect(applied(page)).toContainText(/Applied.*is on (\d+) of \1 agents after [\d.]+\s(ms|s)/);

    await page.getByRole('link', { name: 'Access', exact: true }).last().click();
    await expect(row(page, 'recommendation')).toContainText('frontend and newsletter');
    await expect(row(page, 'recommendation')).toContainText('by Ana “of the shop alone”');
    await page.getByRole('link', { name: 'recommendation' }).click();
    await choose(page, /^The default of the mesh: anyone/).check();
    await expect(page.getByText('The rule is deleted; the default of the mesh holds: anyone.')).toBeVisible();
    await apply(page).click();
    await expect(applied(page)).toContainText(/Applied.*is on (\d+) of \1 agents/);
    await expect(choose(page, /^The default of the mesh/)).toBeChecked();
  },
);

test(
  'the default says whom it would cut off, holds for the others, and is taken back from Changes',
  alone,
  async ({ page }) => {
    await page.goto('/access?window=1m');
    await page.getByRole('link', { name: 'Change default' }).click();
    await choose(page, 'Nobody').check();
    const call = page.getByRole('listitem').filter({ hasText: 'frontend → cart' });
    await expect(call).toContainText('would be refused');
    await choose(page, 'Only some').check();
    await expectBlocked(apply(page), 'Name a service, or choose nobody.');
    // All that call, so that the shop goes on.
    const callers = page.getByRole('combobox', { name: 'Callers' });
    for (const name of ['checkout', 'frontend', 'load-generator', 'recommendation']) {
      await callers.fill(name);
      await callers.press('Enter');
    }
    await expect(page.getByText(/^Nobody who called in the last 1\smin would be refused/)).toBeVisible();
    await apply(page).click();
    await expect(applied(page)).toContainText(/Applied.*is on (\d+) of \1 agents/);

    await applied(page)
      .getByRole('link', { name: /^Revision \d+$/ })
      .click();
    await expect(page.getByRole('heading', { name: 'Default of access created' })).toBeVisible();
    await page.getByRole('button', { name: 'Revert…' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Deletes the default of access again.');
    await dialog.getByRole('button', { name: 'Revert' }).click();
    await expect(page.getByRole('heading', { name: 'Default of access deleted' })).toBeVisible();
    await page.goto('/access');
    await expect(row(page, 'cart')).toContainText('anyone, by default');
  },
);
