import type { Page } from '@playwright/test';
import { expect, test } from './mesh-test.ts';

const pages = [
  '/?select=catalogue',
  '/services',
  '/services/recommendation',
  '/traffic/recommendation',
  '/rollouts/new?service=payment',
  '/agents',
  '/agents/join-tokens',
  '/changes',
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
  await expect(dialog).toBeVisible();
  for (let press = 0; press < 12; press++) {
    await page.keyboard.press('Tab');
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(create).toBeFocused();
});
