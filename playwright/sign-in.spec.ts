import type { Page } from '@playwright/test';
import { expect, test } from './mesh-test.ts';
import { ana, baseUrl, spentLink } from './start-demo.ts';

test.use({ storageState: { cookies: [], origins: [] } });

async function signIn(page: Page, password: string = ana.password): Promise<void> {
  await page.getByLabel('Email').fill(ana.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('without a session every page leads to sign-in', async ({ page }) => {
  for (const path of [
    '/',
    '/services',
    '/services/payment',
    '/traffic',
    '/traffic/payment',
    '/rollouts',
    '/rollouts/new',
    '/certificates',
    '/access',
    '/access/payment',
    '/agents',
    '/agents/join-tokens',
    '/changes',
    '/changes/1',
    '/settings',
  ]) {
    await page.goto(path);
    await expect(page, path).toHaveURL(/\/sign-in(\?|$)/);
  }
});

test('signing in leads back to what was asked for', async ({ page }) => {
  await page.goto('/services?window=5m&q=pay');
  await expect(page.getByRole('heading', { name: 'Sign in to Tulle' })).toBeVisible();
  await signIn(page);
  await expect(page).toHaveURL('/services?window=5m&q=pay');
  await expect(page.getByRole('link', { name: 'payment' })).toBeVisible();
});

test('a wrong password is refused, and what was typed is kept', async ({ page }) => {
  await page.goto('/sign-in');
  await signIn(page, 'not the password');
  await expect(page.getByText('This email and password do not match.')).toBeVisible();
  await expect(page.getByLabel('Email')).toHaveValue(ana.email);
});

test('what is typed before the page listens is kept', async ({ page }) => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/_next/static/**/*.js', async (route) => {
    await released;
    await route.continue();
  });
  await page.goto('/sign-in?next=/agents', { waitUntil: 'commit' });
  await signIn(page);
  release();
  await page.waitForLoadState();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/agents');
});

test('after signing out nothing is shown any more', async ({ page }) => {
  await page.goto('/sign-in');
  await signIn(page);
  await page.getByRole('button', { name: ana.email }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in to Tulle' })).toBeVisible();
  await page.goto('/certificates');
  await expect(page).toHaveURL('/sign-in?next=%2Fcertificates');
});

test('the link of the first start works once', async ({ page }) => {
  await page.goto(spentLink());
  await expect(page.getByRole('heading', { name: 'This link no longer works' })).toBeVisible();
  await page.getByRole('link', { name: 'Sign in instead' }).click();
  await expect(page).toHaveURL('/sign-in');
});

for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', '/%09/evil.example']) {
  test(`signing in never leads to another site: ${next}`, async ({ page }) => {
    await page.goto(`/sign-in?next=${next.startsWith('/%') ? next : encodeURIComponent(next)}`);
    await signIn(page);
    await expect(page.getByRole('link', { name: 'Topology' })).toBeVisible();
    expect(new URL(page.url()).origin).toBe(baseUrl);
  });
}
