import { Resolver } from 'node:dns/promises';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../config-store/checksummed-file.ts';
import {
  endpointOf,
  launchSpecAgent,
  type SpecAgent,
  startEcho,
  viewOf,
} from '../control/spec-api/spec-agent.ts';
import { SpecApi } from '../control/spec-api/spec-api.ts';
import { reservedPort } from '../specs/reserved-port.ts';
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

async function addressOf(agent: SpecAgent, name: string): Promise<string> {
  const resolver = new Resolver({ timeout: 60_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${agent.agent.ports.dns}`]);
  const [address = ''] = await resolver.resolve4(name);
  return address;
}

async function get(host: string, port: number): Promise<string> {
  const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    request({ host, port, agent: false }, resolve).once('error', reject).end();
  });
  return await text(response);
}

/** As if another name had had the address of `orders` first. */
function giveAnotherAddress(dataDir: string, address: string): void {
  const body = JSON.stringify({ format: 1, addresses: { orders: address } });
  const file = join(dataDir, 'loopback-addresses.json');
  expect(readFileSync(file, 'utf8')).toContain('127.71.5.162');
  writeFileSync(file, `${sha256(body)}\n${body}`);
}

test.runIf(process.platform === 'linux')(
  'a name nobody declared leads to its service, and to the same address after every restart',
  async () => {
    const echo = await startEcho('orders');
    cleanups.push(echo.close);
    const orders = await launch({
      service: 'orders',
      port: echo.port,
      dataDir: temporaryFolder(),
      token: api.token(),
    });
    const port = await reservedPort();
    api.setView({ ...viewOf('orders', [endpointOf(orders)]), port });
    const flags = { service: 'web', dataDir: temporaryFolder(), dnsPort: 0 };
    const first = await launch({ ...flags, token: api.token() });
    await api.acked();

    const address = await addressOf(first, 'orders.mesh');
    expect(address).toBe('127.71.5.162');
    expect(await get(address, port)).toBe('orders');
    expect(first.agent.status().stats.names?.listeners).toContainEqual(
      expect.objectContaining({ service: 'orders', address, port, listening: true }),
    );
    await first.stop();

    giveAnotherAddress(flags.dataDir, '127.100.0.7');
    await api.stop();
    const second = await launch(flags);
    expect(await addressOf(second, 'orders.mesh')).toBe('127.100.0.7');
    expect(await get('127.100.0.7', port)).toBe('orders');
  },
);
