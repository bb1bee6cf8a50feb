import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { ConsoleMessage, Locator, Page } from '@playwright/test';
import { alone, expect, test } from './mesh-test.ts';

interface Place {
  readonly name: string;
  readonly path: () => string;
  /** There once the page has its data. */
  readonly ready: (page: Page) => Locator | readonly Locator[];
}

const table = (name: string) => (page: Page) =>
  page.getByRole('table', { name, exact: true }).getByRole('row').last();
const figure = (page: Page) => page.getByRole('figure').first();
const recommended = (page: Page) => page.getByRole('button', { name: 'frontend → recommendation' });
const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name }).first();

let rolloutId = '';
let revision = 0;

const places: readonly Place[] = [
  { name: 'topology', path: () => '/?window=5m', ready: recommended },
  {
    name: 'topology-edge',
    path: () => '/?window=5m&select=frontend->recommendation',
    ready: (page) => [recommended(page), figure(page)],
  },
  { name: 'topology-list', path: () => '/?window=5m&list=true', ready: table('calls') },
  { name: 'services', path: () => '/services?window=5m', ready: table('services') },
  {
    name: 'service',
    path: () => '/services/recommendation?window=5m',
    // The policy asks for what is not there, so that callers leave instances out.
    ready: (page) => page.getByRole('list', { name: 'As callers see them' }),
  },
  { name: 'traffic-splits', path: () => '/traffic?window=5m', ready: table('traffic splits') },
  { name: 'traffic-split', path: () => '/traffic/recommendation?window=5m', ready: figure },
  { name: 'rollout-new', path: () => '/rollouts/new?service=payment', ready: heading('What this will do') },
  { name: 'certificates', path: () => '/certificates', ready: table('certificates') },
  { name: 'access', path: () => '/access?window=5m', ready: table('services') },
  {
    name: 'access-rule',
    path: () => '/access/shipping?window=5m',
    ready: (page) => page.getByRole('combobox', { name: 'Callers' }),
  },
  {
    name: 'access-default',
    path: () => '/access/*?window=5m',
    ready: (page) => page.getByText('frontend → cart'),
  },
  { name: 'agents', path: () => '/agents', ready: table('agents') },
  { name: 'join-tokens', path: () => '/agents/join-tokens', ready: table('join tokens') },
  { name: 'changes', path: () => '/changes', ready: table('changes') },
  { name: 'change', path: () => `/changes/${revision}`, ready: heading('What changed') },
  { name: 'settings-people', path: () => '/settings', ready: table('people') },
  {
    name: 'settings-tokens',
    path: () => '/settings?tab=tokens',
    // Other tests may have left some, which are over.
    ready: (page) => heading('No API tokens yet')(page).or(table('API tokens')(page)),
  },
  { name: 'settings-account', path: () => '/settings?tab=account', ready: table('sessions') },
  { name: 'settings-mesh', path: () => '/settings?tab=mesh', ready: heading('Versions') },
  { name: 'set-password', path: () => '/set-password?token=spent', ready: heading('This link is spent') },
  { name: 'sign-in', path: () => '/sign-in', ready: heading('Sign in to Tulle') },
  { name: 'rollouts', path: () => '/rollouts', ready: table('rollouts') },
  {
    name: 'rollout',
    path: () => `/rollouts/${rolloutId}?window=1m`,
    ready: (page) => page.getByRole('button', { name: 'Approve step 3' }),
  },
];

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

// One page for all of a size: what it has loaded once it need not load again.
let pages: readonly Page[];

test.beforeAll(async ({ browser, operator }) => {
  revision = await operator.setSplit('recommendation', { v1: 70, v2: 30 }, 'v2 recommends better');
  await operator.apply(`kind: Route
service: recommendation
rules:
  - name: testers
    matches: [{ path: { type: PathPrefix, value: /beta }, headers: [{ name: x-beta, value: "1" }] }]
    backendRefs: [{ version: v2 }]
    timeouts: { requestMs: 5000 }
---
kind: Policy
service: recommendation
retries: { attempts: 1, on: [reset, timeout] }
healthCheck: { path: /nowhere, intervalMs: 500, timeoutMs: 400, unhealthyAfter: 1 }
`);
  await operator.apply('kind: AccessRule\nservice: shipping\nallow: [checkout, frontend, parcels]\n');
  await operator.createJoinToken('orders');
  await operator.invite(
    'Bartholomew Featherstonehaugh',
    'bartholomew.featherstonehaugh@shop.example',
    'approver',
  );
  await operator.setSplit('catalogue', { v1: 100, v2: 0, v3: 0 });
  rolloutId = await operator.startRollout({
    service: 'catalogue',
    stable: 'v1',
    candidate: 'v2',
    reason: 'pictures load lazily',
    steps: [
      { type: 'setWeight', weight: 20 },
      { type: 'analysis', durationMs: 5_000, rule: { minRequests: 50 } },
      { type: 'approval', approvals: 1 },
      { type: 'setWeight', weight: 50 },
      { type: 'analysis', durationMs: 120_000, rule: { minRequests: 200 } },
      { type: 'setWeight', weight: 100 },
    ],
  });
  pages = await Promise.all(sizes.map((viewport) => browser.newPage({ viewport })));
});

test.afterAll(async ({ operator }) => {
  await Promise.all(pages.map((page) => page.close()));
  await operator.remove('recommendation', 'Route', 'Policy');
  await operator.remove('shipping', 'AccessRule');
  await operator.removePerson('bartholomew.featherstonehaugh@shop.example');
  await operator.endRollouts('catalogue');
  await operator.setSplit('recommendation', { v1: 90, v2: 10 });
});

for (const place of places) {
  test(`${place.name} is accessible, quiet and fits, in both themes and widths`, alone, async () => {
    // Side by side: each has a process of its own.
    await Promise.all(pages.map((page) => inspect(page, place)));
  });
}

async function inspect(page: Page, { name, path: pathOf, ready }: Place): Promise<void> {
  const { width } = page.viewportSize() ?? { width: 0 };
  const noise: string[] = [];
  const onConsole = (message: ConsoleMessage) => {
    if (message.type() === 'error') noise.push(message.text());
  };
  page.on('console', onConsole);
  await page.goto(pathOf());
  for (const sign of [ready(page)].flat()) await expect(sign).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
    const violations = await violationsOf(page, colorScheme === 'dark' ? ofColours : everything);
    expect.soft(violations, `${width} ${colorScheme}`).toEqual([]);
    if (process.env.TULLE_SCREENSHOTS !== undefined) {
      const file = `${name}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: path.join(import.meta.dirname, 'screenshots', file) });
    }
  }
  const widest = await page.evaluate(() => document.documentElement.scrollWidth);
  expect.soft(widest, `nothing is wider than ${width}`).toBeLessThanOrEqual(width);
  page.off('console', onConsole);
  expect.soft(noise, `console at ${width}`).toEqual([]);
}

type Rules = (axe: AxeBuilder) => AxeBuilder;
const everything: Rules = (axe) => axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
/** The other theme has other colours, and the same page otherwise. */
const ofColours: Rules = (axe) => axe.withRules(['color-contrast', 'link-in-text-block']);

async function violationsOf(page: Page, rules: Rules): Promise<string[]> {
  // Without a second page for every run, which only frames of other sites would need.
  // Half of its time goes into telling what is as it should be, which nobody reads.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await rules(axe).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')} ${failureSummary}`),
  );
}
