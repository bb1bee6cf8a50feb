import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freeRun } from './free-run.ts';

test('a run with a port that somebody else has is passed over as a whole', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const first = await freeRun(port - 1, (from) => [from, from + 1]);
  expect(first).toBeGreaterThan(port);
  taken.close();
});
