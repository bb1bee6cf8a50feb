import type { Page } from '@playwright/test';
import { alone, expect, expectBlocked, test } from './mesh-test.ts';

const untilResumed = [{ type: 'setWeight', weight: 20 }, { type: 'pause' }];
const phase = (page: Page, words: string) => page.getByText(words, { exact: true });
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

async function expectAllOn(page: Page, service: string, version: string): Promise<void> {
  await page.goto(`/traffic/${service}`);
  await expect(page.getByRole('textbox', { name: `Weight of ${version} in percent` })).toHaveValue('100');
}

test.describe('of payment', () => {
  test.afterEach(({ operator }) => operator.setSplit('payment', { v1: 100, v2: 0 }));

  test('a canary is started, approved with a comment, and completes', alone, async ({ page, operator }) => {
    await operator.setSplit('payment', { v1: 100, v2: 0 });
    await page.goto('/services/payment');
    await page.getByRole('link', { name: 'Start rollout' }).click();
    await expect(page.getByRole('combobox', { name: 'Stable' })).toHaveValue('v1');
    await expect(page.getByRole('combobox', { name: 'Candidate', exact: true })).toHaveValue('v2');

    const step = (place: number) => page.getByRole('group', { name: new RegExp(`^${place}\\s*[A-Z]`) });
    await step(1).getByLabel('Candidate gets').fill('60');
    await step(2).getByLabel('Looks for').fill('3 s');
    await step(2).getByLabel('Requests needed').fill('10');
    await button(page, 'Remove step 5').click();
    await expect(page.getByText('Gives v2 60 % of the traffic')).toBeVisible();
    await expect(page.getByText('Waits until a person approves.')).toBeVisible();
    await page.getByRole('textbox', { name: 'Why' }).fill('v2 charges twice as fast');
    await button(page, 'Start rollout').click();

    await expect(page.getByRole('heading', { name: 'payment v1 → v2' })).toBeVisible();

    await button(page, 'Approve step 3').click();
    const dialog = page.getByRole('dialog', { name: 'Approve step 3: payment v1 → v2' });
    await expect(dialog).toContainText('v2 goes from 60 % to 50 %');
    await dialog.getByRole('textbox', { name: 'Comment' }).fill('looks right');
    await dialog.getByRole('button', { name: 'Approve step 3' }).click();

    await expect(phase(page, 'Completed').first()).toBeVisible();
    await expect(page.getByText(/Ana approved, 1 of 1 “looks right”/)).toBeVisible();
    await expectAllOn(page, 'payment', 'v2');
  });

  test(
    'an abort says what it will do, and returns all traffic to stable',
    alone,
    async ({ page, operator }) => {
      await operator.setSplit('payment', { v1: 100, v2: 0 });
      const id = await operator.startRollout({
        service: 'payment',
        stable: 'v1',
        candidate: 'v2',
        steps: untilResumed,
        reason: 'to be aborted',
      });
      await page.goto(`/rollouts/${id}`);
      await expect(phase(page, 'Waiting for resume')).toBeVisible();
      await expect(button(page, 'Pause')).toBeHidden();
      await expectBlocked(button(page, 'Approve'), 'No step is waiting for an approval now.');
      await button(page, 'Abort').click();
      const dialog = page.getByRole('dialog', { name: 'Abort: payment v1 → v2' });
      await expect(dialog).toContainText('All traffic returns to v1 at once: v2 goes from 20 % to 0 %.');
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await expect(phase(page, 'Waiting for resume')).toBeVisible();

      await button(page, 'Abort').click();
      await dialog.getByRole('textbox', { name: 'Why' }).fill('not today');
      await dialog.getByRole('button', { name: 'Abort' }).click();
      await expect(phase(page, 'Aborted').first()).toBeVisible();
      await expect(page.getByText(/Ana aborted the rollout “not today”/)).toBeVisible();
      await expectAllOn(page, 'payment', 'v1');
    },
  );
});

test(
  'a faulty canary is caught by the analysis and rolled back, with its verdict',
  alone,
  async ({ page, operator }) => {
    await operator.setSplit('catalogue', { v1: 100, v2: 0, v3: 0 });
    await page.goto('/rollouts/new?service=catalogue');
    await page.getByRole('combobox', { name: 'Candidate', exact: true }).click();
    await page.getByRole('option', { name: 'v3' }).click();
    await page.getByRole('textbox', { name: 'Why' }).fill('a new catalogue');
    await button(page, 'Start rollout').click();
    await expect(page.getByRole('heading', { name: 'catalogue v1 → v3' })).toBeVisible();

    await expect(phase(page, 'Failed').first()).toBeVisible();
    await expect(
      page
        .getByRole('row', { name: /Success rate/ })
        .filter({ hasText: /Worse, by|Below:/ })
        .first(),
    ).toBeVisible();
    await expect(page.getByText(/Worse, by [\d.]+ ± [\d.]+ points|Below: [\d.]+\s%/).first()).toBeVisible();
    await page.goto('/rollouts');
    await expect(page.getByRole('row', { name: /catalogue v1 → v3/ }).first()).toContainText('Failed');
    await expectAllOn(page, 'catalogue', 'v1');
  },
);

test('while a rollout owns a split, it is not edited by hand', alone, async ({ page, operator }) => {
  await operator.setSplit('recommendation', { v1: 100, v2: 0 });
  await operator.startRollout({
    service: 'recommendation',
    stable: 'v1',
    candidate: 'v2',
    steps: untilResumed,
    reason: 'owns the split',
  });
  await page.goto('/traffic/recommendation');
  await expect(page.getByText('A rollout owns this split', { exact: true })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Weight of v2 in percent' })).toBeDisabled();
  await expectBlocked(page.getByRole('button', { name: 'Apply' }), 'A rollout owns this split.');
  await page.getByRole('link', { name: 'Open the rollout' }).click();
  await expect(page.getByRole('heading', { name: 'recommendation v1 → v2' })).toBeVisible();
  await operator.setSplit('recommendation', { v1: 90, v2: 10 });
});

test('a form that cannot start a rollout says what is wrong where', async ({ page }) => {
  await page.goto('/rollouts/new?service=payment');
  const weight = page.getByRole('group', { name: /^1\s*Set weight/ }).getByLabel('Candidate gets');
  await weight.fill('140');
  await page
    .getByRole('group', { name: /^2\s*Analysis/ })
    .getByLabel('Looks for')
    .fill('soon');
  await button(page, 'Start rollout').click();
  await expect(weight).toHaveAttribute('aria-invalid', 'true');
  await expect(page).toHaveURL(/\/rollouts\/new/);
});
