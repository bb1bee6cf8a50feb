import type { SeriesCounters } from '@tulle/mesh/agent-protocol';
import { Histogram } from '@tulle/mesh/histogram';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { join, SimulatedAgent } from '../agent-listener/simulated-agent.ts';
import { silent, startControlPlane } from '../agent-listener/test-control-plane.ts';
import { createTelemetry } from './create-telemetry.ts';

let database: Database;

beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

async function startApi() {
  const telemetry = await createTelemetry({ database, logger: silent, timers: false });
  return { telemetry, ...(await startControlPlane({ database, telemetry: telemetry.ingest })) };
}

function seriesOf(requests: number): SeriesCounters {
  const histogram = new Histogram();
  for (let index = 0; index < requests; index++) histogram.record(1 + index / 10);
  return {
    ...{
      side: 'outbound',
      source: 'shop',
      destination: 'orders',
      version: 'v1',
      tls: true,
      requests,
      ok: requests,
    },
    ...{ clientErrors: 0, serverErrors: 0, meshErrors: 0, meshErrorCodes: {}, retries: 0 },
    ...{ bytesSent: requests, bytesReceived: requests, latency: histogram.counts() },
  };
}

test('an agent that lives through a killed API is counted exactly', async () => {
  let api = await startApi();
  const identity = await join(api.port, {
    ...{ token: await api.token('shop'), service: 'shop', version: 'v1', instance: 'shop-1' },
  });
  let seq = 0;
  const report = (agent: SimulatedAgent, requests: number) =>
    agent.call('report', { epoch: 'epoch-0001', seq: seq++, at: Date.now(), series: [seriesOf(requests)] });
  const connect = async () => {
    const agent = await SimulatedAgent.of(api.port, identity);
    await agent.hello({ instance: 'shop-1', version: 'v1' });
    return agent;
  };

  let agent = await connect();
  await report(agent, 10);
  await api.telemetry.flush();
  // Acknowledged, but only in memory when the API dies.
  await report(agent, 25);
  await api.stop();
  api = await startApi();
  agent = await connect();
  await report(agent, 40);
  await api.telemetry.stop();
  const now = Date.now();
  const fresh = await createTelemetry({ database, logger: silent, timers: false });
  const [edge] = await fresh.store.edges({ from: now - 600_000, to: now + 60_000 });
  expect(edge).toMatchObject({ requests: 40, bytesSent: 40 });
  await api.stop();
});
