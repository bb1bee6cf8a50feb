import { alone, expect, test } from './mesh-test.ts';

test('a change is found with its reason, and reverted by another', alone, async ({ page, operator }) => {
  await operator.setSplit('recommendation', { v1: 90, v2: 10 });
  const revision = await operator.setSplit('recommendation', { v1: 60, v2: 40 }, 'try more of v2');
  await page.goto('/changes');
  await page.getByRole('searchbox', { name: 'Search changes' }).fill('try more of v2');
  const rows = page.getByRole('table', { name: 'changes' }).getByRole('row');
  await expect(rows.nth(1)).toContainText('Split of recommendation');
  await page.getByRole('link', { name: `r${revision}`, exact: true }).click();

  await expect(page.getByRole('heading', { name: `Revision ${revision}` })).toBeVisible();
  await expect(page.getByText('try more of v2', { exact: true })).toBeVisible();
  await expect(
    page
      .getByRole('listitem')
      .filter({ hasText: /v2.*10.*40/ })
      .first(),
  ).toBeVisible();
  await expect(page.getByText('Every agent it affects has it.')).toBeVisible();

  await page.getByRole('button', { name: 'Revert…' }).click();
  const dialog = page.getByRole('dialog', { name: `Revert revision ${revision}` });
  await expect(dialog).toContainText('Sets the split of recommendation back to what it was before');
  await dialog.getByRole('textbox', { name: 'Why' }).fill('less of v2 again');
  await dialog.getByRole('button', { name: 'Revert' }).click();
  await expect(page.getByRole('heading', { name: `Revision ${revision + 1}` })).toBeVisible();
  await expect(page.getByText('less of v2 again', { exact: true })).toBeVisible();
  await page.goto('/traffic/recommendation');
  await expect(page.getByRole('textbox', { name: 'Weight of v2 in percent' })).toHaveValue('10');
});

test('changes are filtered by service', alone, async ({ page, operator }) => {
  await operator.setSplit('recommendation', { v1: 90, v2: 10 });
  const other = await operator.setSplit('recommendation', { v1: 80, v2: 20 }, 'not of payment');
  const own = await operator.setSplit('payment', { v1: 99, v2: 1 }, 'of payment');
  await page.goto('/changes?service=payment');
  await expect(page.getByRole('link', { name: `r${own}`, exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: `r${other}`, exact: true })).toHaveCount(0);
  await operator.setSplit('payment', { v1: 100, v2: 0 });
});
