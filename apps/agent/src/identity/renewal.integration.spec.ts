import { on, once } from 'node:events';
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
  await api.start();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await api.stop();
});

async function launch(service: string, flags: Record<string, unknown> = {}): Promise<SpecAgent> {
  const token = api.token();
  const agent = await launchSpecAgent({ service, api: api.url, token, dataDir: temporaryFolder(), ...flags });
  cleanups.push(() => agent.stop());
  return agent;
}

/** `web` calls `orders` over mutual TLS. */
async function launchPair(): Promise<{ web: SpecAgent; orders: SpecAgent }> {
  const echo = await startEcho('orders');
  cleanups.push(echo.close);
  api.setView(viewOf('web'));
  const orders = await launch('orders', { port: echo.port });
  api.setView(viewOf('orders', [endpointOf(orders)]));
  const web = await launch('web', { upstreams: 'orders' });
  await Promise.all([orders.agent.whenReady(60_000), web.agent.whenReady(60_000)]);
  return { web, orders };
}

test('certificates are replaced under traffic without a failed request, by themselves and when asked for', async () => {
  api.leafLifeMs = 10_000;
  const { web } = await launchPair();
  const joined = api.serials.length;
  const grants = on(api.events, 'grant');
  const renewed = async (count: number) => {
    for (let index = 0; index < count; index++) await grants.next();
  };
  const statuses = new Set<number>();
  let stop = false;
  const traffic = (async () => {
    while (!stop) statuses.add((await callThrough(web, 'orders')).status);
  })();
  await renewed(2);
  for (let time = 0; time < 2; time++) {
    api.direct('renew-certificate');
    await renewed(2);
  }
  stop = true;
  await traffic;
  expect([...statuses]).toEqual([200]);
  expect(api.serials.length).toBeGreaterThanOrEqual(joined + 6);
});

test('the API can ask for a new certificate at any time', async () => {
  api.setView(viewOf('web'));
  const web = await launch('web');
  await api.acked();
  const before = web.agent.status().certificate?.serial;
  const granted = once(api.events, 'grant');
  api.direct('renew-certificate');
  await granted;
  await callUntil(() => web.agent.status().certificate?.serial !== before);
  expect(web.agent.status().certificate?.serial).toBe(api.serials.at(-1));
});

test('a revoked peer is refused', async () => {
  const { web, orders } = await launchPair();
  expect((await callThrough(web, 'orders')).status).toBe(200);
  api.setMesh({ revokedSerials: [orders.agent.status().certificate?.serial ?? ''] });
  await api.acked();
  expect((await callThrough(web, 'orders')).status).toBeGreaterThanOrEqual(500);
});

/** Lets the loop turn until something has happened that gives no sign of its own. */
async function callUntil(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setImmediate(resolve));
}
