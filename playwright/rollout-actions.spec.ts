import type { Page } from '@playwright/test';
import { alone, expect, expectBlocked, test } from './mesh-test.ts';

const phase = (page: Page, words: string) => page.getByText(words, { exact: true }).first();
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const stepNow = (page: Page) => page.locator('[aria-current="step"]');

const steps = [{ type: 'setWeight', weight: 20 }, { type: 'approval', approvals: 1 }, { type: 'pause' }];

test.beforeEach(async ({ page, operator }) => {
  await operator.setSplit('payment', { v1: 100, v2: 0 });
  const id = await operator.startRollout({
    service: 'payment',
    stable: 'v1',
    candidate: 'v2',
    steps: [...steps, { type: 'setWeight', weight: 60 }, { type: 'approval', approvals: 1 }],
    reason: 'to be decided on',
  });
  await page.goto(`/rollouts/${id}`);
  await expect(phase(page, 'Waiting for approval')).toBeVisible();
});

test.afterEach(({ operator }) => operator.setSplit('payment', { v1: 100, v2: 0 }));

/** Presses the button, checks what the dialog says it will do, gives a reason and does it. */
async function act(page: Page, name: string, says: string | RegExp, label: string, why: string) {
  await button(page, name).click();
  const dialog = page.getByRole('dialog', { name: `${name}: payment v1 → v2` });
  await expect(dialog).toContainText(says);
  await dialog.getByRole('textbox', { name: label }).fill(why);
  await dialog.getByRole('button', { name, exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** The newest change of payment: who made it, why, and what the split became. */
async function expectNewestChange(page: Page, author: string, reason: RegExp, sentence: RegExp) {
  await page.goto('/changes?service=payment');
  const newest = page.getByRole('table', { name: 'changes' }).getByRole('row').nth(1);
  await expect(newest).toContainText(author);
  await expect(newest).toContainText(reason);
  await expect(newest).toContainText(sentence);
  await newest.getByRole('link').first().click();
  await expect(page.getByRole('link', { name: 'Open the rollout' })).toBeVisible();
}

test('a pause holds the rollout where it is, and a resume lets it go on', alone, async ({ page }) => {
  const stays = 'Traffic stays as it is: v2 keeps 20 %.';
  await act(page, 'Pause', stays, 'Why', 'lunch first');
  await expect(phase(page, 'Paused')).toBeVisible();
  await expect(page.getByText('Ana paused the rollout “lunch first”')).toBeVisible();
  await expectBlocked(button(page, 'Approve'), 'The rollout is paused; resume it first.');

  await act(
    page,
    'Resume',
    'Continues where it was paused, at step 2: Approval by 1 person.',
    'Comment',
    'fed',
  );
  await expect(phase(page, 'Waiting for approval')).toBeVisible();
  await expect(page.getByText('Ana resumed the rollout “fed”')).toBeVisible();
  await expect(stepNow(page)).toContainText('Approval by 1 person');
  // Neither moved any traffic, so the newest change is still the first step's.
  await expectNewestChange(page, 'operator', /step 1, 20\s%/, /v2 0\s% → 20\s%/);
});

test('a resume ends a step that waits for one, and the next step moves traffic', alone, async ({ page }) => {
  await act(page, 'Approve step 2', 'step 3 follows: Pause until somebody resumes.', 'Comment', 'go');
  await expect(phase(page, 'Waiting for resume')).toBeVisible();
  await act(page, 'Resume', /The pause is over: v2 goes from 20\s% to 60\s%/, 'Comment', 'looked at it');
  await expect(stepNow(page)).toContainText('Approval by 1 person');
  await expect(page.getByText('Ana resumed the rollout “looked at it”')).toBeVisible();
  await expectNewestChange(
    page,
    'operator',
    /step 4, 60\s%, resumed by Ana: looked at it/,
    /v2 20\s% → 60\s%/,
  );
});

test('a promotion gives all traffic to the candidate and says what it skips', alone, async ({ page }) => {
  await act(page, 'Promote', /v2 goes from 20\s% to 100\s%.*Skips/s, 'Why', 'urgent fix');
  await expect(phase(page, 'Completed')).toBeVisible();
  await expect(page.getByText('Ana promoted v2, skipping the remaining steps “urgent fix”')).toBeVisible();
  await expect(page.getByText('Promoted by Ana: urgent fix. All traffic goes to v2.')).toBeVisible();
  await expect(button(page, 'Abort')).toHaveCount(0);
  await expectNewestChange(page, 'Ana', /promoted by Ana: urgent fix/, /v2 20\s% → 100\s%/);
});

test('an abort returns all traffic to stable', alone, async ({ page }) => {
  await act(page, 'Abort', /v2 goes from 20\s% to 0\s%/, 'Why', 'not today');
  await expect(phase(page, 'Aborted')).toBeVisible();
  await expect(page.getByText('Aborted by Ana: not today. All traffic goes back to v1.')).toBeVisible();
  await expectNewestChange(page, 'Ana', /aborted by Ana, back to v1: not today/, /v2 20\s% → 0\s%/);
});

test('a rejection with a comment ends the rollout at its step', alone, async ({ page }) => {
  await act(page, 'Reject step 2', 'The rollout ends here', 'Why', 'the receipts look wrong');
  await expect(phase(page, 'Aborted')).toBeVisible();
  await expect(page.getByText('Ana rejected the step “the receipts look wrong”')).toBeVisible();
  await expect(page.getByText(/· rejected by Ana$/)).toBeVisible();
  await expectNewestChange(
    page,
    'Ana',
    /rejected by Ana, back to v1: the receipts look wrong/,
    /v2 20\s% → 0\s%/,
  );
});
