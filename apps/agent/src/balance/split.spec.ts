import { RequestHead } from '@tulle/wire/http/message-head';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Clock } from '../clock.ts';
import { Turn } from '../forward/turn.ts';
import { Credentials } from '../mutual-tls/credentials.ts';
import type { ConnectionPool } from '../pool/connection-pool.ts';
import { Recorder } from '../record/recorder.ts';
import { startOutbound, viewOf } from '../specs/planes.ts';
import { call, startService } from '../specs/services.ts';
import type { Backend } from './backend.ts';
import { BackendRegistry } from './backend-registry.ts';
import type { PickRequest } from './pick-request.ts';
import { EvenSequence } from './sequence.ts';
import { Split } from './split.ts';

function backends(versions: readonly string[]): Backend[] {
  const environment = { clock: new Clock(), turn: new Turn(), idleTimeoutMs: 1 };
  const registry = new BackendRegistry({
    environment,
    credentials: new Credentials(),
    recorder: new Recorder(),
    source: 'a',
  });
  const limits: ConnectionPool['limits'] = { max: 1, maxPending: 1, connectMs: 1, maxConnectionAgeMs: 0 };
  return versions.map((version, index) =>
    registry.obtain(
      'web',
      { id: String(index), version, host: 'h', port: index + 1, tls: false },
      limits,
      'http1',
    ),
  );
}

function asked(avoid: Backend | undefined, now: number): PickRequest {
  return { head: new RequestHead(1), source: '', avoid, now };
}

function splitOf(weights: readonly number[], start?: number): { split: Split; all: Backend[] } {
  const all = backends(weights.map((_, index) => `v${index}`));
  const shares = weights.map((weight, index) => ({
    version: `v${index}`,
    weight,
    backends: all.slice(index, index + 1),
  }));
  return { split: new Split(shares, new EvenSequence(start)), all };
}

function tally(split: Split, picks: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let pick = 0; pick < picks; pick++) {
    const version = split.pick(asked(undefined, 0))?.endpoint.version ?? '';
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  return counts;
}

it('70/30 over 10,000 picks is exact to a tenth of a point', () => {
  const share = (tally(splitOf([70, 30]).split, 10_000).get('v0') ?? 0) / 100;
  expect(Math.abs(share - 70)).toBeLessThan(0.1);
});

it('any weights from any start are met within ±1.5 points over 1,000 picks', () => {
  const weights = fc
    .array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 6 })
    .filter((all) => all.some((w) => w > 0));
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 0.999, noNaN: true }), (all, start) => {
      const counts = tally(splitOf(all, start).split, 1_000);
      const total = all.reduce((sum, weight) => sum + weight, 0);
      for (const [index, weight] of all.entries()) {
        expect(Math.abs((counts.get(`v${index}`) ?? 0) / 10 - (weight / total) * 100)).toBeLessThan(1.5);
      }
    }),
    { numRuns: 50 },
  );
});

it('many agents that restart after a few requests still share as they should', () => {
  let first = 0;
  for (let agent = 0; agent < 2_000; agent++) first += tally(splitOf([70, 30]).split, 5).get('v0') ?? 0;
  expect(Math.abs(first / 100 - 70)).toBeLessThan(1.5);
});

it('a version with no usable endpoint loses its weight only while that is so', () => {
  const { split, all } = splitOf([50, 30, 20]);
  all[0]?.connectFailed(0);
  const counts = new Map<string, number>();
  for (let pick = 0; pick < 5_000; pick++) {
    const version = split.pick(asked(undefined, 1))?.endpoint.version ?? '';
    counts.set(version, (counts.get(version) ?? 0) + 1);
  }
  expect(counts.has('v0')).toBe(false);
  expect(Math.abs((counts.get('v1') ?? 0) / 50 - 60)).toBeLessThan(4);
  expect(split.pick(asked(undefined, 1_000))?.endpoint.version).toBeDefined();
  all[0]?.connected();
  expect(Math.abs((tally(split, 1_000).get('v0') ?? 0) / 10 - 50)).toBeLessThan(1.5);
});

it('when nothing is usable something is tried', () => {
  const { split, all } = splitOf([100]);
  all[0]?.connectFailed(0);
  expect(split.pick(asked(undefined, 1))).toBe(all[0]);
  expect(splitOf([0]).split.pick(asked(undefined, 0))).toBeUndefined();
});

it('the slower of two endpoints gets fewer requests', () => {
  const [slow, fast] = backends(['v1', 'v1']);
  if (slow === undefined || fast === undefined) throw new Error('two were made');
  slow.observe(100, false, 0);
  fast.observe(1, false, 0);
  const split = new Split([{ version: 'v1', weight: 1, backends: [slow, fast] }], new EvenSequence());
  expect(Array.from({ length: 100 }, () => split.pick(asked(undefined, 0)))).not.toContain(slow);
});

it('twenty changes of weights under load fail no request, and each is followed at once', async () => {
  const services = await Promise.all(
    ['v1', 'v2'].map((version) => startService((_request, response) => response.end(version))),
  );
  const endpoints = services.map((port, index) => ({ port, version: `v${index + 1}` }));
  const view = (weight: number) =>
    viewOf('web', endpoints, {
      weights: [
        { version: 'v1', weight },
        { version: 'v2', weight: 100 - weight },
      ],
    });
  const { port, plane } = await startOutbound([view(100)]);
  let stop = false;
  let failed = 0;
  const workers = Array.from({ length: 4 }, async () => {
    while (!stop) if ((await call(port)).status !== 200) failed++;
  });
  for (let change = 1; change <= 20; change++) {
    const weight = change % 2 === 0 ? 100 : 0;
    expect(plane.apply([view(weight)])).toEqual({ accepted: ['web'], rejected: [] });
    const answers = await Promise.all(Array.from({ length: 5 }, () => call(port)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set([weight === 100 ? 'v1' : 'v2']));
  }
  stop = true;
  await Promise.all(workers);
  expect(failed).toBe(0);
});

it('70/30 over real sockets', async () => {
  const services = await Promise.all(
    ['v1', 'v2'].map((version) => startService((_request, response) => response.end(version))),
  );
  const endpoints = services.map((port, index) => ({ port, version: `v${index + 1}` }));
  const weights = [
    { version: 'v1', weight: 70 },
    { version: 'v2', weight: 30 },
  ];
  const { port, plane } = await startOutbound([viewOf('web', endpoints, { weights })]);
  for (let batch = 0; batch < 50; batch++) await Promise.all(Array.from({ length: 10 }, () => call(port)));
  const ok = new Map(plane.telemetry().map(({ version, ok }) => [version, ok]));
  expect(Math.abs((ok.get('v1') ?? 0) / 5 - 70)).toBeLessThan(1.5);
  expect((ok.get('v1') ?? 0) + (ok.get('v2') ?? 0)).toBe(500);
});

it('a view that cannot be used is rejected with its reason, and the former stays', async () => {
  const service = await startService((_request, response) => response.end('still'));
  const { port, plane } = await startOutbound([viewOf('web', [{ port: service }])]);
  const weights = [{ version: 'v1', weight: 90 }];
  const result = plane.apply([viewOf('web', [{ port: 1 }], { weights })]);
  expect(result).toEqual({
    accepted: [],
    rejected: [{ name: 'web', reason: 'the weights sum to 90, not to 100' }],
  });
  expect((await call(port)).body).toBe('still');
});

it('endpoint state outlives a reload, and the connections of dropped endpoints go', async () => {
  const service = await startService((_request, response) => response.end());
  const { port, plane } = await startOutbound([viewOf('web', [{ port: service }])]);
  await call(port);
  const before = plane.stats().endpoints;
  plane.apply([viewOf('web', [{ port: service }], { timeouts: { requestMs: 5_000 } })]);
  expect(plane.stats().endpoints).toMatchObject([{ connections: before[0]?.connections, idle: 1 }]);
  plane.apply([viewOf('web', [])]);
  expect(plane.stats()).toMatchObject({ endpoints: [], connected: 0 });
});
