import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freeRun, runBeside } from './free-run.ts';

test('a run with a port that somebody else has is passed over as a whole', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const first = await freeRun(port - 1, (from) => [from, from + 1]);
  expect(first).toBeGreaterThan(port);
  taken.close();
});

test('a demo stands above its API, and never where the system takes ports from', () => {
  expect(runBeside(4_400)).toBe(4_510);
  for (let port = 1; port < 65_536; port++) {
    expect(runBeside(port)).toBeGreaterThan(110);
    expect(runBeside(port) + 50).toBeLessThanOrEqual(32_768);
  }
  expect(runBeside(45_411)).not.toBe(runBeside(45_412));
});
