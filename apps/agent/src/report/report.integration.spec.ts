import { on, once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  callThrough,
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
  const echo = await startEcho('orders');
  cleanups.push(echo.close);
  const endpoint = {
    id: `127.0.0.1:${echo.port}`,
    version: 'v1',
    host: '127.0.0.1',
    port: echo.port,
    tls: false,
  };
  api.setView(viewOf('web'));
  api.setView(viewOf('orders', [endpoint]));
  await api.start();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await api.stop();
});

async function call(agent: SpecAgent, times: number): Promise<void> {
  for (let done = 0; done < times; done++) expect((await callThrough(agent, 'orders')).status).toBe(200);
}

async function counted(requests: number): Promise<void> {
  while (api.ledger.requests() < requests) await once(api.events, 'report');
}

test('counters survive lost answers, a crash of the API, and runs of the agent without it', async () => {
  const flags = { service: 'web', upstreams: 'orders', api: api.url, dataDir: temporaryFolder() };
  const first = await launchSpecAgent({ ...flags, token: api.token() });
  await first.agent.whenReady(60_000);
  let reports = 0;
  api.onReport = (report) => {
    const output = api.ledger.take(report);
    if (++reports % 2 === 0) throw new Error('the answer is lost');
    return output;
  };
  await call(first, 10);
  await counted(10);
  api.ledger.flush();
  await call(first, 7);
  await counted(17);
  await api.stop();
  api.ledger.crash();
  await call(first, 5);
  await first.stop();

  const second = await launchSpecAgent(flags);
  await call(second, 3);
  await second.stop();

  await api.start();
  const third = await launchSpecAgent(flags);
  cleanups.push(() => third.stop());
  await call(third, 2);
  await counted(27);
  expect(api.ledger.requests()).toBe(27);
  expect(api.ledger.epochs()).toBe(3);
});

test('gauges tell the state of the process and whether the service is there', async () => {
  const echo = await startEcho('web');
  const agent = await launchSpecAgent({
    service: 'web',
    port: echo.port,
    api: api.url,
    token: api.token(),
    dataDir: temporaryFolder(),
  });
  cleanups.push(() => agent.stop());
  const [report] = await once(api.events, 'report');
  expect(report.gauges).toMatchObject({ localHealthy: true, activeRequests: 0 });
  expect(report.gauges.rssBytes).toBeGreaterThan(10_000_000);
  echo.close();
  for await (const [next] of on(api.events, 'report')) {
    if (next.gauges?.localHealthy === false) break;
  }
});
