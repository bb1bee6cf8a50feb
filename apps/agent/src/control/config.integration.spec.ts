import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../specs/temporary-folder.ts';
import { callThrough, launchSpecAgent, type SpecAgent, startEcho, viewOf } from './spec-api/spec-agent.ts';
import { SpecApi } from './spec-api/spec-api.ts';

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

async function launch(flags: Record<string, unknown> = {}): Promise<SpecAgent> {
  const agent = await launchSpecAgent({
    service: 'web',
    api: api.url,
    token: api.token(),
    dataDir: temporaryFolder(),
    ...flags,
  });
  cleanups.push(() => agent.stop());
  return agent;
}

async function plainService(name: string, body = name) {
  const echo = await startEcho(body);
  cleanups.push(echo.close);
  const endpoint = {
    id: `127.0.0.1:${echo.port}`,
    version: 'v1',
    host: '127.0.0.1',
    port: echo.port,
    tls: false,
  };
  return viewOf(name, [endpoint]);
}

test('a configuration is in force when it is acknowledged', async () => {
  api.setView(await plainService('orders', 'first'));
  const agent = await launch({ upstreams: 'orders' });
  await api.acked();
  expect(await callThrough(agent, 'orders')).toEqual({ status: 200, body: 'first' });
  api.setView(await plainService('orders', 'second'));
  const ack = await api.acked();
  expect(ack.rejected).toEqual([]);
  expect(await callThrough(agent, 'orders')).toEqual({ status: 200, body: 'second' });
  expect(agent.agent.status().revision).toBe(ack.revision);
});

test.each([
  ['is not JSON', '{"service":'],
  ['has another form', '{"service":"orders","endpoints":"none"}'],
  ['is of another service', JSON.stringify(viewOf('payment'))],
])('a view that %s is rejected with the reason, the former stays in force', async (_what, text) => {
  api.setView(await plainService('orders'));
  const agent = await launch({ upstreams: 'orders' });
  await api.acked();
  api.setText('service/orders', text);
  const ack = await api.acked();
  expect(ack.rejected).toEqual([{ name: 'service/orders', reason: expect.stringMatching(/./) }]);
  expect(await callThrough(agent, 'orders')).toEqual({ status: 200, body: 'orders' });
});

test('a service that nobody declared is fetched on first use while the request waits', async () => {
  api.setView(await plainService('orders'));
  const agent = await launch();
  await api.acked();
  expect(await callThrough(agent, 'orders')).toEqual({ status: 200, body: 'orders' });
  expect(api.watched).toEqual(['orders']);
});

test('after a reconnect only what differs is sent again', async () => {
  api.setView(await plainService('orders'));
  const agent = await launch({ upstreams: 'orders' });
  await api.acked();
  const subscribed = once(api.events, 'subscribe');
  api.dropConnections();
  const [held] = await subscribed;
  expect(Object.keys(held).sort()).toEqual(['mesh', 'service/orders', 'service/web']);
  expect(agent.agent.status().revision).toBeGreaterThan(0);
});

test('a revoked agent withdraws, also after a restart without the API', async () => {
  const flags = { port: 1, dataDir: temporaryFolder() };
  const agent = await launch(flags);
  await api.acked();
  expect(agent.agent.status().notReady).toEqual([]);
  api.revoked = true;
  api.dropConnections();
  const revoked = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (!agent.agent.status().certificate?.revoked) return;
      clearInterval(timer);
      resolve();
    }, 10);
  });
  await revoked;
  expect(agent.agent.status().notReady).toEqual(['no valid certificate']);
  await agent.stop();
  await api.stop();
  const restarted = await launch({ ...flags, token: undefined });
  expect(restarted.agent.status().notReady).toEqual(['no valid certificate']);
});
