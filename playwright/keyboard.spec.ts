import type { Locator, Page } from '@playwright/test';
import { alone, expect, test } from './mesh-test.ts';

const pages = [
  '/?select=catalogue',
  '/services',
  '/services/recommendation',
  '/traffic/recommendation',
  '/rollouts/new?service=payment',
  '/access',
  '/access/recommendation',
  '/agents',
  '/agents/join-tokens',
  '/changes',
  '/settings',
  '/settings?tab=account',
];

/** What has the focus: its name, whether one sees that it has it, and whether it is in sight. */
function focused(page: Page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    const drawn = (style: CSSStyleDeclaration) =>
      style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0;
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const labels = 'labels' in element ? [...((element.labels as NodeListOf<HTMLElement>) ?? [])] : [];
    const text = element.getAttribute('aria-label') ?? (labels[0]?.textContent || element.textContent);
    return {
      name: text?.trim() ?? '',
      // Fields show it by their border, and choices by the ring of their label.
      ringed:
        drawn(getComputedStyle(element)) ||
        drawn(getComputedStyle(element, '::after')) ||
        element.matches('input, textarea'),
      inSight: bottom > 0 && right > 0 && top < window.innerHeight && left < window.innerWidth,
    };
  });
}

for (const path of pages) {
  test(`${path} is walked by Tab: everything named, ringed and in sight, and nothing a trap`, async ({
    page,
  }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeAttached();
    const stops: string[] = [];
    for (let press = 0; press < 150; press++) {
      await page.keyboard.press('Tab');
      const here = await focused(page);
      // Past the last one the browser takes the focus.
      if (here === null) break;
      stops.push(here.name);
      expect.soft(here, `stop ${stops.length}`).toMatchObject({ ringed: true, inSight: true });
      expect.soft(here.name, `stop ${stops.length}, after ${stops.at(-2)}`).not.toBe('');
    }
    expect(stops[0]).toBe('Skip to content');
    expect(stops.length).toBeLessThan(150);
  });
}

test('dialogs keep the focus, close by Escape and give it back', async ({ page }) => {
  await page.goto('/agents/join-tokens');
  const create = page.getByRole('button', { name: 'Create token' }).first();
  await create.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New join token' });
  await expect(dialog.getByLabel('Service')).toBeFocused();
  for (let press = 0; press < 12; press++) {
    await page.keyboard.press('Tab');
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(create).toBeFocused();
});

/** Presses Tab until this has the focus, as one does who has nothing else. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let press = 0; press < 150; press++) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  await expect(target, 'reached by Tab').toBeFocused();
}

test('by keyboard alone: from the graph to a service that calls are made to, and into its split', async ({
  page,
}) => {
  await page.goto('/');
  const services = page.getByRole('list', { name: 'Services' });
  await tabTo(page, services.getByRole('button', { name: 'ads', exact: true }));
  await page.keyboard.press('ArrowLeft');
  await expect(services.getByRole('button', { name: 'frontend', exact: true })).toBeFocused();
  await tabTo(page, page.getByRole('button', { name: 'frontend → recommendation', exact: true }));
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: 'frontend → recommendation', exact: true });
  await expect(panel.getByRole('heading', { level: 2 })).toBeFocused();
  await tabTo(page, panel.getByRole('link', { name: 'Edit split' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('slider', { name: 'Weight of v2' })).toBeVisible();
});

test(
  'by keyboard alone: a split is moved, explained, applied and taken back',
  alone,
  async ({ page, operator }) => {
    await operator.setSplit('recommendation', { v1: 90, v2: 10 });
    await page.goto('/traffic');
    await tabTo(page, page.getByRole('link', { name: 'recommendation' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('slider', { name: 'Weight of v2' }));
    await page.keyboard.press('ArrowRight');
    await tabTo(page, page.getByRole('textbox', { name: 'Why' }));
    await page.keyboard.type('one more');
    await tabTo(page, page.getByRole('button', { name: 'Apply' }));
    await page.keyboard.press('Enter');
    const applied = page.getByRole('region', { name: 'What became of it' });
    await expect(applied).toContainText('Applied');
    await tabTo(page, applied.getByRole('button', { name: 'Undo' }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('textbox', { name: 'Weight of v2 in percent' })).toHaveValue('10');
  },
);

test(
  'by keyboard alone: a rollout that waits is found, approved with a comment, and goes on',
  alone,
  async ({ page, operator }) => {
    await operator.setSplit('payment', { v1: 100, v2: 0 });
    await operator.startRollout({
      service: 'payment',
      stable: 'v1',
      candidate: 'v2',
      steps: [{ type: 'setWeight', weight: 20 }, { type: 'approval', approvals: 1 }, { type: 'pause' }],
      reason: 'without a mouse',
    });
    await page.goto('/rollouts');
    await tabTo(page, page.getByRole('link', { name: 'payment v1 → v2' }).first());
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('button', { name: 'Approve step 2' }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Approve step 2: payment v1 → v2' });
    await expect(dialog.getByRole('textbox', { name: 'Comment' })).toBeFocused();
    await page.keyboard.type('looks fine');
    await tabTo(page, dialog.getByRole('button', { name: 'Approve step 2', exact: true }));
    await page.keyboard.press('Enter');
    await expect(page.getByText('Ana approved, 1 of 1 “looks fine”')).toBeVisible();
    await operator.setSplit('payment', { v1: 100, v2: 0 });
  },
);
