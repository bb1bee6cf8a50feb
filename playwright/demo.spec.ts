import { alone, expect, test } from './mesh-test.ts';

test(
  'a broken part is seen in the graph within seconds, and that it is healed',
  alone,
  async ({ page, demo }) => {
    await page.goto('/?window=1m&find=shipping+failing&select=checkout->shipping');
    const errors = page.getByRole('figure').filter({ hasText: 'Errors by version' });
    await expect(page.getByRole('button', { name: 'Nothing found' })).toBeVisible();
    expect(await demo.break('shipping')).toMatch(/^shipping\s+running\s+badly/m);
    await expect(page.getByRole('button', { name: 'Show found' })).toBeVisible();
    // The canvas says it in colour, its buttons to those who hear the page.
    for (const name of ['shipping', 'checkout → shipping'])
      await expect(page.getByRole('button', { name, exact: true })).toHaveAccessibleDescription('failing');
    await expect(errors).toContainText(/now [1-9]\d*(\.\d+)?\s%/);

    expect(await demo.heal('shipping')).toMatch(/^shipping\s+running\s+well/m);
    await expect(errors).toContainText(/now 0\s%/);
  },
);

test('a part that is stopped leaves in order, and comes back', alone, async ({ page, demo }) => {
  await page.goto('/agents?q=ads');
  const row = page.getByRole('row', { name: /^ads/ });
  await expect(row).toContainText('in sync');
  expect(await demo.stop('ads')).toMatch(/^ads\s+stopped/m);
  await expect(row).toContainText('left');
  await demo.start('ads');
  await expect(row).toContainText('in sync');
});
