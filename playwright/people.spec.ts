import type { Browser, Page } from '@playwright/test';
import { alone, expect, expectBlocked, test } from './mesh-test.ts';

const signedOut = { storageState: { cookies: [], origins: [] } };
const password = 'another long password';

test.afterEach(async ({ operator }) => {
  for (const name of ['bob', 'eve']) await operator.removePerson(`${name}@shop.example`);
});

/** Ana invites somebody, and hands over the link. */
async function invite(page: Page, name: string, role: string): Promise<string> {
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Invite a person' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a person' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Email').fill(`${name.toLowerCase()}@shop.example`);
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: role }).click();
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog.getByRole('region', { name: 'link' }).innerText();
  await dialog.getByRole('button', { name: 'Done' }).click();
  return link.trim();
}

/** In a browser of their own, with a password of their own. */
async function enter(browser: Browser, link: string, name: string): Promise<Page> {
  const context = await browser.newContext(signedOut);
  const page = await context.newPage();
  await page.goto(link);
  await expect(page.getByRole('heading', { name: `Welcome to Tulle, ${name}` })).toBeVisible();
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Open the mesh' }).click();
  await expect(page.getByRole('link', { name: 'Topology' }).first()).toBeVisible();
  return page;
}

const personRow = (page: Page, name: string) =>
  page.getByRole('table', { name: 'people' }).getByRole('row', { name: new RegExp(`^${name}\\b`) });

test(
  'an invited approver comes in by the link, and is the second whom a step needs',
  alone,
  async ({ page, browser, operator }) => {
    await operator.setSplit('payment', { v1: 100, v2: 0 });
    const id = await operator.startRollout({
      service: 'payment',
      stable: 'v1',
      candidate: 'v2',
      steps: [{ type: 'setWeight', weight: 20 }, { type: 'approval', approvals: 2 }, { type: 'pause' }],
      reason: 'two are to look at it',
    });
    const bob = await enter(browser, await invite(page, 'Bob', 'approver'), 'Bob');
    await expect(page.getByRole('combobox', { name: 'Role of Bob' })).toHaveValue('approver');
    for (const [who, name] of [
      [page, 'Ana'],
      [bob, 'Bob'],
    ] as const) {
      await who.goto(`/rollouts/${id}`);
      await who.getByRole('button', { name: 'Approve step 2' }).click();
      const dialog = who.getByRole('dialog', { name: /^Approve step 2/ });
      await dialog.getByRole('button', { name: 'Approve step 2', exact: true }).click();
      await expect(who.getByText(new RegExp(`^${name} approved, \\d of 2`))).toBeVisible();
    }
    await expect(bob.getByText('Waiting for resume', { exact: true }).first()).toBeVisible();

    await bob.goto('/settings');
    await expect(bob.getByRole('table', { name: 'people' })).toContainText('ana@shop.example');
    await expectBlocked(
      bob.getByRole('button', { name: 'Invite a person' }),
      'This needs the role admin; yours is approver.',
    );
    await bob.context().close();
    await operator.setSplit('payment', { v1: 100, v2: 0 });
  },
);

test(
  'a role counts at once on an open page, and whoever is removed is led to sign-in',
  alone,
  async ({ page, browser }) => {
    const eve = await enter(browser, await invite(page, 'Eve', 'editor'), 'Eve');
    await eve.goto('/rollouts');
    const start = eve
      .getByRole('link', { name: 'New rollout' })
      .or(eve.getByRole('button', { name: 'New rollout' }));
    await expect(start.first()).toBeEnabled();

    await page.getByRole('combobox', { name: 'Role of Eve' }).click();
    await page.getByRole('option', { name: 'viewer' }).click();
    const role = page.getByRole('dialog', { name: 'Give Eve the role viewer' });
    await expect(role).toContainText('Eve may then no longer change traffic and start rollouts.');
    await role.getByRole('button', { name: 'Change role' }).click();
    await expect(role).toBeHidden();
    await eve.getByRole('button', { name: 'eve@shop.example' }).click();
    await expect(eve.getByText('Eve · viewer')).toBeVisible();

    await page.getByRole('button', { name: 'Remove Eve' }).click();
    const removal = page.getByRole('dialog', { name: 'Remove Eve' });
    await expect(removal).toContainText('What they did stays in Changes under their name.');
    await removal.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(personRow(page, 'Eve')).toHaveCount(0);
    // Without touching anything.
    await expect(eve.getByRole('heading', { name: 'Sign in to Tulle' })).toBeVisible();
    await eve.context().close();
  },
);

test('an API token is made, shown once with its commands, and revoked', alone, async ({ page }) => {
  await page.goto('/settings?tab=tokens');
  await page.getByRole('button', { name: 'Create token' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'New API token' });
  await dialog.getByLabel('Name').fill('deploy');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  const command = await dialog.getByRole('region', { name: 'command' }).innerText();
  const token = /TULLE_TOKEN=(tulle_api_\S+)/.exec(command)?.[1] ?? '';
  const me = () =>
    page.request.get('/trpc/people.me', { headers: { authorization: `Bearer ${token}`, cookie: '' } });
  expect(await (await me()).text()).toContain('Ana (token deploy)');
  await dialog.getByRole('button', { name: 'Done' }).click();

  const row = page.getByRole('row', { name: /^deploy/ });
  await row.getByRole('button', { name: 'Revoke deploy' }).click();
  await page
    .getByRole('dialog', { name: 'Revoke the token deploy' })
    .getByRole('button', { name: 'Revoke' })
    .click();
  await expect(row).toContainText('revoked');
  expect((await me()).status()).toBe(401);
  await expect(page.getByText(token)).toHaveCount(0);
});
