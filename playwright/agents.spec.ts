import { alone, expect, test } from './mesh-test.ts';

test('every agent holds the newest configuration', async ({ page }) => {
  await page.goto('/agents');
  await expect(page.getByText(/^(\d+) of \1 in sync · revision \d+$/)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search agents' }).fill('payment-v2');
  const rows = page.getByRole('table', { name: 'agents' }).getByRole('row');
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText('in sync');
});

test('a join token is made, shown once with its command, and revoked', alone, async ({ page }) => {
  await page.goto('/agents/join-tokens');
  await page.getByRole('button', { name: 'Create token' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New join token' });
  await dialog.getByLabel('Service').fill('Not A Name');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await expect(dialog.getByLabel('Service')).toHaveAttribute('aria-invalid', 'true');

  await dialog.getByLabel('Service').fill('orders');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  const command = dialog.getByRole('region', { name: 'command' });
  await expect(command).toContainText(/npx tulle run --api https:\/\/\S+ .*--service orders/s);
  const token = /TULLE_TOKEN=(\S+)/.exec(await command.innerText())?.[1] ?? '';
  expect(token.length).toBeGreaterThan(20);
  await dialog.getByRole('button', { name: 'Done' }).click();

  const row = page.getByRole('row', { name: /^orders/ });
  await expect(row).toContainText('unused');
  await expect(page.getByText(token)).toHaveCount(0);
  await row.getByRole('button', { name: 'Revoke…' }).click();
  await page
    .getByRole('dialog', { name: 'Revoke the token for orders' })
    .getByRole('button', { name: 'Revoke' })
    .click();
  await expect(row).toContainText('revoked');
  await expect(row.getByRole('button', { name: 'Revoke…' })).toHaveCount(0);
});

test('a token that is spent has no end any more', async ({ page }) => {
  await page.goto('/agents/join-tokens');
  const used = page.getByRole('row', { name: /^frontend used/ });
  await expect(used.getByRole('cell').nth(2)).toHaveText('–');
});

test('an agent says as whom it speaks, what it holds and by which policy it serves', async ({ page }) => {
  await page.goto('/agents?q=payment-v2');
  await page.getByRole('table', { name: 'agents' }).getByRole('link', { name: 'payment-v2' }).click();
  await expect(page.getByRole('heading', { name: 'payment-v2', level: 1 })).toBeVisible();
  const card = (title: string) =>
    page.locator('section').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
  await expect(
    card('Mutual TLS').getByRole('button', { name: /^Copy SPIFFE ID spiffe:\/\/\S+\/service\/payment$/ }),
  ).toBeVisible();
  await expect(card('Mutual TLS')).toContainText('TLS 1.3 with a certificate of the mesh');
  await expect(card('Agent')).toContainText(/Revision ?\d+/);
  await expect(card('Routes and policy')).toContainText('Ejection');

  await card('Mutual TLS').getByRole('link', { name: 'Renew or revoke' }).click();
  await expect(page.getByRole('table', { name: 'certificates' }).getByRole('row')).toHaveCount(2);
  await page.goto('/agents/nowhere');
  await expect(page.getByRole('heading', { name: 'There is no such agent' })).toBeVisible();
});
