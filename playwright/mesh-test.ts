import { test as base, expect, type FullProject, type Locator, type Page } from '@playwright/test';
import { DemoParts } from './demo-parts.ts';
import { Operator } from './operator.ts';

export { expect } from '@playwright/test';

/**
 * For a test that changes the mesh, and so with whoever asks for `operator` or `demo`: no other test looks at the demo
 * meanwhile. Those without it see a mesh that stands still, several at a time.
 */
export const alone = { tag: '@alone' } as const;

interface MeshFixtures {
  readonly demo: DemoParts;
  /** Fails a test in whose page an exception was not caught. */
  readonly calm: undefined;
}

/** A test on the running demo, signed in as Ana. */
export const test = base.extend<MeshFixtures, { operator: Operator }>({
  // biome-ignore lint/correctness/noEmptyPattern: fixtures name what they need, and this one needs nothing
  operator: [async ({}, use, { project }) => use(only(project, new Operator())), { scope: 'worker' }],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  demo: async ({}, use, { project }) => {
    const parts = only(project, new DemoParts());
    await use(parts);
    await parts.repair();
  },
  page: async ({ page }, use) => {
    await throttle(page);
    const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
    page.goto = async (...options) => listening(page, await goto(...options));
    page.reload = async (...options) => listening(page, await reload(...options));
    await use(page);
  },
  calm: [
    async ({ page }, use) => {
      const uncaught: string[] = [];
      page.on('pageerror', (error) => uncaught.push(error.stack ?? error.message));
      await use(undefined);
      expect(uncaught).toEqual([]);
    },
    { auto: true },
  ],
});

/** As a slow laptop: TULLE_TEST_THROTTLE is how many times slower. */
async function throttle(page: Page): Promise<void> {
  const rate = Number(process.env.TULLE_TEST_THROTTLE ?? 1);
  if (rate === 1) return;
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
}

/** What is pressed before a page listens may be lost, as it may be for a person who is that quick. */
async function listening<Result>(page: Page, result: Result): Promise<Result> {
  await expect(page.locator('[data-listens="false"]')).toHaveCount(0);
  return result;
}

function only<Part>(project: FullProject, part: Part): Part {
  if (project.name !== 'alone') throw new Error('a test that changes the mesh must be alone');
  return part;
}

/** A button that cannot be pressed now says why to those who point at it; again, until the page listens. */
export async function expectBlocked(button: Locator, why: string): Promise<void> {
  const page = button.page();
  await expect(button).toBeDisabled();
  await expect(async () => {
    await page.mouse.move(0, 0);
    await button.hover({ force: true });
    await expect(page.getByRole('tooltip').filter({ hasText: why })).toBeVisible({ timeout: 5_000 });
  }).toPass();
}
