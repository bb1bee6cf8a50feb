import { alone, expect, test } from './mesh-test.ts';

const dayMs = 86_400_000;

test(
  'a freeze holds a rollout up until somebody lets its step through',
  alone,
  async ({ page, operator }) => {
    await operator.setSplit('payment', { v1: 100, v2: 0 });
    const id = await operator.startRollout({
      service: 'payment',
      stable: 'v1',
      candidate: 'v2',
      steps: [{ type: 'setWeight', weight: 20 }, { type: 'pause' }],
      reason: 'waits for the end of the holidays',
      freezeWindows: [
        {
          from: new Date(Date.now() - dayMs).toISOString(),
          to: new Date(Date.now() + dayMs).toISOString(),
          timeZone: 'Europe/Berlin',
          reason: 'holidays',
        },
      ],
    });
    await page.goto(`/rollouts/${id}`);
    await expect(
      page.getByRole('heading', { name: /^Frozen until \w{3} \d\d:\d\d Europe\/Berlin: holidays$/ }),
    ).toBeVisible();
    await expect(page.locator('[aria-current="step"]')).toContainText('frozen until');

    await page.getByRole('button', { name: 'Go on now', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Go on now: payment v1 → v2' });
    await expect(dialog).toContainText(/v2 goes from 0\s% to 20\s%/);
    await dialog.getByRole('textbox', { name: 'Why now' }).fill('checkout is down');
    await dialog.getByRole('button', { name: 'Go on now' }).click();
    await expect(page.getByText('Waiting for resume', { exact: true })).toBeVisible();
    await expect(page.getByText('Ana went on through the freeze “checkout is down”')).toBeVisible();
    await operator.setSplit('payment', { v1: 100, v2: 0 });
  },
);

test('the form of a rollout says when freeze windows would hold it up', async ({ page }) => {
  await page.goto('/rollouts/new?service=payment');
  const add = page.getByRole('button', { name: 'Add freeze window' });
  const preset = async (name: string) => {
    await add.click();
    await page.getByRole('menuitem', { name }).click();
  };
  await preset('Weekends');
  const timeZone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  await expect(page.getByText(`Fri 16:00 to Mon 08:00 ${timeZone}: weekend`, { exact: true })).toBeVisible();
  await expect(page.getByText(/^Next freeze from|^Frozen now: /)).toBeVisible();

  await preset('Nights');
  const nights = page.getByRole('group', { name: /^2\s*Hours of chosen days/ });
  await nights.getByLabel('From').fill('00:00');
  await nights.getByLabel('To', { exact: true }).fill('00:00');
  await page.getByRole('button', { name: 'Start rollout' }).click();
  await expect(page.getByText('Together they never end')).toBeVisible();
  await expect(page).toHaveURL(/\/rollouts\/new/);
});
