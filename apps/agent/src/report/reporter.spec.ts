import { randomUUID } from 'node:crypto';
import type { ReportInput, SeriesCounters } from '@tulle/mesh/agent-protocol';
import { emptyCounts } from '@tulle/mesh/histogram';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { SpecLedger } from '../control/spec-api/spec-ledger.ts';
import type { DataPlaneLogger } from '../data-plane.ts';
import type { EpochCounters } from './epoch-store.ts';
import { Reporter } from './reporter.ts';

const logger: DataPlaneLogger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const gauges = { rssBytes: 1, cpuMs: 1, connections: 0, activeRequests: 0, localHealthy: true };

function counters(destination: string, requests: number): SeriesCounters {
  return {
    side: 'outbound',
    source: 'web',
    destination,
    version: 'v1',
    tls: true,
    requests,
    ok: requests,
    clientErrors: 0,
    serverErrors: 0,
    meshErrors: 0,
    meshErrorCodes: {},
    retries: 0,
    bytesSent: 0,
    bytesReceived: 0,
    latency: { ...emptyCounts, zero: requests },
  };
}

type Delivery = 'arrives' | 'is lost' | 'arrives but the answer is lost';

/** One agent over its restarts, with a disk, a connection that can fail in each way, and the API at its other end. */
class World {
  readonly ledger = new SpecLedger();
  readonly disk = new Map<string, EpochCounters>();
  readonly sent: ReportInput[] = [];
  delivery: Delivery = 'arrives';
  connected = true;
  total = 0;
  #counts = new Map<string, number>();
  reporter = this.#start();

  request(destination: string, count: number): void {
    this.#counts.set(destination, (this.#counts.get(destination) ?? 0) + count);
    this.total += count;
  }

  /** A crash of the API breaks the connection; the agent finds it again. */
  crash(): void {
    this.ledger.crash();
    this.reporter.reconnected();
  }

  async restart(): Promise<void> {
    await this.reporter.finish(1_000);
    this.#counts = new Map();
    this.reporter = this.#start();
  }

  /** Killed a moment after the counters were written. */
  async kill(): Promise<void> {
    this.reporter.persist();
    await new Promise((resolve) => setImmediate(resolve));
    this.#counts = new Map();
    this.reporter = this.#start();
  }

  #start(): Reporter {
    return new Reporter({
      epoch: randomUUID(),
      telemetry: () => [...this.#counts].map(([destination, requests]) => counters(destination, requests)),
      gauges: () => gauges,
      trust: () => undefined,
      connected: () => this.connected,
      send: async (report) => {
        if (this.delivery === 'is lost') throw new Error('lost');
        this.sent.push(report);
        const output = this.ledger.take(report);
        if (this.delivery !== 'arrives') throw new Error('the answer is lost');
        return output;
      },
      store: {
        load: () => [...this.disk.values()].map((counters) => ({ counters, final: true })),
        save: async (counters) => void this.disk.set(counters.epoch, structuredClone(counters)),
        forget: async (epoch) => void this.disk.delete(epoch),
        make: () => {},
      },
      logger,
    });
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('requests'), to: fc.constantFrom('a', 'b'), count: fc.nat(9) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('report'),
      delivery: fc.constantFrom<Delivery>('arrives', 'is lost', 'arrives but the answer is lost'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('flush', 'crash', 'restart', 'kill', 'outage', 'back') }),
  },
);

test('whatever is lost, repeated, crashed or restarted: each request is counted exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = new World();
      for (const one of steps) {
        if ('to' in one) world.request(one.to, one.count);
        else if ('delivery' in one) {
          world.delivery = one.delivery;
          await world.reporter.round();
        } else if (one.kind === 'flush') world.ledger.flush();
        else if (one.kind === 'crash') world.crash();
        else if (one.kind === 'restart') await world.restart();
        else if (one.kind === 'kill') await world.kill();
        else world.connected = one.kind === 'back';
      }
      world.delivery = 'arrives';
      world.connected = true;
      world.reporter.reconnected();
      for (let round = 0; round < 2; round++) {
        await world.reporter.round();
        world.ledger.flush();
      }
      await world.reporter.round();
      expect(world.ledger.requests()).toBe(world.total);
      expect(world.reporter.formerEpochs).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test('only what has moved is reported, and all of it after a reconnect', async () => {
  const world = new World();
  world.request('a', 1);
  world.request('b', 1);
  await world.reporter.round();
  world.request('b', 1);
  await world.reporter.round();
  await world.reporter.round();
  world.reporter.reconnected();
  await world.reporter.round();
  const destinations = world.sent.map(({ series }) => series.map(({ destination }) => destination));
  expect(destinations).toEqual([['a', 'b'], ['b'], [], ['a', 'b']]);
});

test('an idle agent writes nothing to disk, a durable one leaves nothing there', async () => {
  const world = new World();
  await world.restart();
  expect(world.disk.size).toBe(0);
  world.request('a', 3);
  await world.reporter.round();
  world.ledger.take = (report) => ({ seq: report.seq, durable: true, reportIntervalMs: 1_000 });
  await world.restart();
  expect(world.disk.size).toBe(0);
});

test('a former run is reported until it is durable, without gauges', async () => {
  const world = new World();
  world.request('a', 3);
  world.connected = false;
  await world.restart();
  world.connected = true;
  await world.reporter.round();
  expect(world.reporter.formerEpochs).toBe(1);
  world.ledger.flush();
  await world.reporter.round();
  expect(world.reporter.formerEpochs).toBe(0);
  expect(world.disk.size).toBe(0);
  const former = world.sent.filter(({ series }) => series.length > 0);
  expect(former.every(({ gauges: shown }) => shown === undefined)).toBe(true);
});
