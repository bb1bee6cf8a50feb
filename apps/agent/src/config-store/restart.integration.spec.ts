import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  callThrough,
  endpointOf,
  launchSpecAgent,
  type SpecAgent,
  startEcho,
  viewOf,
} from '../control/spec-api/spec-agent.ts';
import { SpecApi } from '../control/spec-api/spec-api.ts';
import { temporaryFolder } from '../specs/temporary-folder.ts';

let api: SpecApi;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  api = new SpecApi();
  api.setView(viewOf('web'));
  await api.start();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await api.stop();
});

async function launch(flags: Record<string, unknown>): Promise<SpecAgent> {
  const agent = await launchSpecAgent({ api: api.url, ...flags });
  cleanups.push(() => agent.stop());
  return agent;
}

test('both sides of a call start again while the API is away, find each other, and serve', async () => {
  const echo = await startEcho('orders');
  cleanups.push(echo.close);
  const ordersFlags = { service: 'orders', port: echo.port, dataDir: temporaryFolder() };
  const orders = await launch({ ...ordersFlags, token: api.token() });
  api.setView(viewOf('orders', [endpointOf(orders)]));
  const webFlags = { service: 'web', dataDir: temporaryFolder() };
  const web = await launch({ ...webFlags, token: api.token() });
  await api.acked();
  // Never declared: from here on it is among the services ever called.
  expect(await callThrough(web, 'orders')).toEqual({ status: 200, body: 'orders' });
  await Promise.all([orders.stop(), web.stop()]);
  await api.stop();

  const ordersAgain = await launch(ordersFlags);
  const webAgain = await launch(webFlags);
  expect(ordersAgain.agent.ports).toEqual(orders.agent.ports);
  expect(webAgain.agent.status().notReady).toEqual([]);
  expect(await callThrough(webAgain, 'orders')).toEqual({ status: 200, body: 'orders' });
});

test.each([
  ['a flipped bit', (text: string) => text.replace('"revision":', '"revisioN":')],
  ['half a file', (text: string) => text.slice(0, text.length / 2)],
  ['nothing', () => ''],
])(
  'a stored configuration damaged to %s is ignored with a warning and fetched again',
  async (_what, damage) => {
    const flags = { service: 'web', dataDir: temporaryFolder() };
    const first = await launch({ ...flags, token: api.token() });
    await api.acked();
    await first.stop();
    const file = join(flags.dataDir, 'config.json');
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    const second = await launch(flags);
    expect(await second.agent.whenReady(60_000)).toBe(true);
    expect(second.complaints.join()).toContain('the stored configuration is ignored');
  },
);

test('a data directory that is removed is made anew with all that is in force, and is enough to start with', async () => {
  const dataDir = temporaryFolder();
  const first = await launch({ service: 'web', dataDir, token: api.token() });
  await first.agent.whenReady(60_000);
  await expect.poll(() => readdirSync(dataDir)).toContain('instance.json');
  rmSync(dataDir, { recursive: true });
  const files = ['agent.pid', 'config.json', 'identity.json', 'instance.json', 'telemetry'];
  await expect.poll(() => existsSync(dataDir) && readdirSync(dataDir).sort()).toEqual(files);
  await first.stop();
  await api.stop();
  const second = await launch({ service: 'web', dataDir });
  expect(second.agent.status().notReady).toEqual([]);
  expect(second.self).toEqual(first.self);
});

test('an agent whose name is unreadable on disk is still the one its certificate was given to', async () => {
  const dataDir = temporaryFolder();
  const first = await launch({ service: 'web', dataDir, token: api.token() });
  await first.agent.whenReady(60_000);
  await first.stop();
  writeFileSync(join(dataDir, 'instance.json'), 'nonsense');
  const second = await launch({ service: 'web', dataDir });
  expect(second.self).toEqual(first.self);
  expect(second.complaints.join()).toContain('the stored ports of this copy are unreadable');
});
