import type { Page } from '@playwright/test';
import { alone, expect, test } from './mesh-test.ts';

const rowOf = (page: Page, instance: string) =>
  page.getByRole('row').filter({ has: page.getByText(instance, { exact: true }) });

async function openMenu(page: Page, instance: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${instance}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test.beforeEach(({ page }) => page.goto('/certificates'));

test('the counts are those of the table', async ({ page }) => {
  const rows = page.getByRole('table', { name: 'certificates' }).getByRole('row');
  await expect(rows).not.toHaveCount(0);
  const valid = (await rows.count()) - 1;
  await expect(page.getByText(new RegExp(`^${valid}\\s?valid$`)).first()).toBeVisible();
  await expect(page.getByText(/^spiffe:\/\/\S+$/).first()).toBeVisible();
  await expect(page.getByText(/^Root expires in \d+/)).toBeVisible();
  await expect(page.getByText(/^Intermediate expires in \d+/)).toBeVisible();
});

test('a renewed certificate has a new serial', alone, async ({ page }) => {
  const serial = rowOf(page, 'payment-v1').getByRole('button', { name: /^Copy serial/ });
  const before = await serial.innerText();
  await page.getByRole('button', { name: 'Renew the certificate of payment-v1' }).click();
  // It says so for some seconds only, and stands in the row for good.
  const told = await page.getByText(/^payment-v1 has a new certificate, serial /).innerText();
  await expect(serial).not.toHaveText(before);
  expect(told).toBe(`payment-v1 has a new certificate, serial ${await serial.innerText()}`);
  await expect(rowOf(page, 'payment-v1')).toContainText('valid');
});

test('a certificate is shown as PEM, and the dialog is in the URL', async ({ page }) => {
  await openMenu(page, 'cart', 'Show PEM');
  const dialog = page.getByRole('dialog', { name: /^Certificate / });
  await expect(dialog.getByRole('region', { name: 'PEM' })).toContainText('-----BEGIN CERTIFICATE-----');
  await expect(page).toHaveURL(/[?&]pem=/);
  await page.reload();
  await expect(dialog.getByRole('region', { name: 'PEM' })).toContainText('-----END CERTIFICATE-----');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
});

test('a revocation says who is cut off, and cancelling does nothing', async ({ page }) => {
  await openMenu(page, 'shipping', 'Revoke…');
  const only = page.getByRole('dialog', { name: 'Revoke shipping' });
  await expect(only).toContainText('shipping is cut off: within seconds the server and every peer refuse');
  await expect(only).toContainText('the only instance of shipping: every request to shipping will fail.');
  await only.getByRole('button', { name: 'Cancel' }).click();

  await openMenu(page, 'catalogue-v2', 'Revoke…');
  const oneOfThree = page.getByRole('dialog', { name: 'Revoke catalogue-v2' });
  await expect(oneOfThree).toContainText('catalogue continues with 2 other instances.');
  await oneOfThree.getByRole('button', { name: 'Cancel' }).click();
  await expect(oneOfThree).toBeHidden();
  await expect(rowOf(page, 'shipping')).toContainText('valid');
  await expect(rowOf(page, 'catalogue-v2')).toContainText('valid');
});
