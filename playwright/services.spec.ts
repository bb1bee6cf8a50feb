import { alone, expect, test } from './mesh-test.ts';

test('the table sorts and searches, and keeps both in the URL', async ({ page }) => {
  await page.goto('/services');
  const table = page.getByRole('table', { name: 'services' });
  // The head is a row too.
  await expect(table.getByRole('row')).toHaveCount(12);

  const rate = table.getByRole('columnheader', { name: 'Requests/s' });
  await rate.getByRole('button').click();
  await expect(rate).toHaveAttribute('aria-sort', 'descending');
  await expect(table.getByRole('row').nth(1).getByRole('link')).toHaveText('catalogue');
  await expect(table.getByRole('row').nth(11).getByRole('link')).toHaveText(/checkout|email|payment/);

  await page.getByRole('searchbox', { name: 'Search services' }).fill('charges cards');
  await expect(table.getByRole('row')).toHaveCount(2);
  // The address says it a moment after the page does.
  await expect(page).toHaveURL(/[?&]q=charges/);
  await page.reload();
  await expect(table.getByRole('link', { name: 'payment' })).toBeVisible();
  await expect(table.getByRole('row')).toHaveCount(2);
  await expect(rate).toHaveAttribute('aria-sort', 'descending');

  await page.getByRole('searchbox', { name: 'Search services' }).fill('nowhere');
  await expect(page.getByRole('heading', { name: 'No services match “nowhere”' })).toBeVisible();
});

test('a service shows its callers, whom it calls, its instances and its YAML', async ({ page }) => {
  await page.goto('/services');
  await page.getByRole('link', { name: 'recommendation' }).click();
  await expect(page.getByRole('heading', { name: 'recommendation', level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'frontend', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'catalogue', exact: true })).toBeVisible();

  const instances = page.getByRole('table', { name: 'instances' });
  await expect(instances.getByRole('row', { name: /recommendation-v1/ })).toContainText('serving');
  await expect(instances.getByRole('row', { name: /recommendation-v2/ })).toContainText('serving');
  const yaml = page.getByRole('region', { name: 'YAML' });
  await expect(yaml).toContainText('kind: Service');
  await expect(yaml).toContainText('kind: TrafficSplit');

  await page.getByRole('link', { name: /^frontend → recommendation/ }).click();
  await expect(page.getByRole('complementary', { name: 'frontend → recommendation' })).toBeVisible();
});

test(
  'a service says in words which rules hold and where its policy differs, and who set them',
  alone,
  async ({ page, operator }) => {
    await operator.apply(`kind: Route
service: recommendation
rules:
  - name: testers
    matches: [{ headers: [{ name: x-beta, value: "1" }] }]
    backendRefs: [{ version: v2 }]
---
kind: Policy
service: recommendation
timeouts: { requestMs: 20000 }
`);
    await page.goto('/services/recommendation');
    const title = page.getByRole('heading', { name: 'Routes and policy' });
    const card = page.locator('section').filter({ has: title });
    await expect(card.getByRole('listitem').filter({ hasText: 'testers' })).toHaveText(
      /^testers ?header x-beta = 1 ?→ to v2$/,
    );
    await expect(card.getByText('timeouts.requestMs')).toBeVisible();
    await expect(card.getByText(/instead of 30.s/)).toBeVisible();
    const policy = (part: string) =>
      card.getByRole('term').filter({ hasText: part }).locator('xpath=following-sibling::dd');
    await expect(policy('Timeouts')).toContainText(/^20\ss a request/);
    await expect(policy('Ejection')).toContainText('after 5 failures in a row');
    await card
      .getByRole('link', { name: /^r\d+$/ })
      .first()
      .click();
    await expect(page.getByRole('heading', { name: 'Route of recommendation created' })).toBeVisible();
    await expect(page.getByText('rule testers added: header x-beta = 1 → to v2')).toBeVisible();

    await operator.remove('recommendation', 'Route', 'Policy');
    await page.goto('/services/recommendation');
    await expect(card).toContainText('No rules: all requests follow the split.');
  },
);

test(
  'an instance that callers leave out says by whom and why, until they take it back',
  alone,
  async ({ page, operator }) => {
    await operator.apply(`kind: Policy
service: recommendation
healthCheck: { path: /nowhere, intervalMs: 500, timeoutMs: 400, unhealthyAfter: 1 }
`);
    await page.goto('/services/recommendation');
    const standings = page.getByRole('list', { name: 'As callers see them' }).getByRole('listitem');
    const ofV1 = standings.filter({ hasText: 'recommendation-v1' });
    await expect(ofV1).toContainText('fails its check');
    await expect(ofV1).toContainText('by frontend: status 404');
    const row = page
      .getByRole('table', { name: 'instances' })
      .getByRole('row', { name: /recommendation-v1/ });
    await expect(row).toContainText('fails its check');

    await operator.remove('recommendation', 'Policy');
    await expect(standings).toHaveCount(0);
    await expect(row).toContainText('serving');
  },
);

test(
  'what was limited and tried again is counted beside what callers got',
  alone,
  async ({ page, operator }) => {
    await operator.apply(`kind: Policy
service: ads
rateLimits: [{ name: few, requests: 1, perMs: 3600000 }]
retries: { on: [rate-limited], attempts: 1 }
`);
    await page.goto('/services/ads?window=1m');
    const title = page.getByRole('heading', { name: 'Retries, limits and failures of the mesh' });
    const card = page.locator('section').filter({ has: title });
    const answered = card.getByRole('list', { name: 'Requests that the mesh answered itself' });
    await expect(answered.getByRole('listitem').filter({ hasText: 'Rate limited' })).toContainText(
      /[\d,]+ requests?\s*[\d.]+\s%\s*more requests than the rate limit lets through/,
    );
    await expect(card).toContainText(/[\d.]+\s%\s*success for callers/);
    await expect(card).toContainText(/[\d.]+\s%\s*of all tries/);
    await operator.remove('ads', 'Policy');
  },
);

test('a service that does not exist is said to be missing', async ({ page }) => {
  await page.goto('/services/nowhere');
  await expect(page.getByRole('heading', { name: 'The service nowhere could not be shown' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: 'All services' })).toHaveAttribute(
    'href',
    '/services',
  );
});
