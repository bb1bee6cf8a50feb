import { randomUUID } from 'node:crypto';
import type { ReportInput, SeriesCounters } from '@tulle/mesh/agent-protocol';
import { Histogram, total } from '@tulle/mesh/histogram';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import fc from 'fast-check';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTelemetry, type Telemetry } from './create-telemetry.ts';

const logger = pino({ level: 'silent' });
let database: Database;
let agentId: string;
const clock = { now: Date.UTC(2026, 10, 21, 12, 0, 0) };
const now = () => clock.now;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  clock.now = Math.ceil(clock.now / 60_000) * 60_000;
  await database.pool.query(
    'TRUNCATE telemetry_10s, telemetry_1m, telemetry_cursor, telemetry_peak, telemetry_watermark',
  );
  agentId = randomUUID();
  await database.prisma.agent.create({
    data: { id: agentId, instance: agentId, service: 'shop', version: 'v1' },
  });
});

function start(): Promise<Telemetry> {
  return createTelemetry({ database, logger, now, timers: false });
}

/** The agent's side: counters that only grow, and are read as cumulative series. */
class Counting {
  readonly epoch = randomUUID();
  readonly #histogram = new Histogram();
  #seq = 0;
  #ok = 0;
  #serverErrors = 0;

  request(ms: number, failed = false): void {
    this.#histogram.record(ms);
    if (failed) this.#serverErrors++;
    else this.#ok++;
  }

  report(): ReportInput {
    return { epoch: this.epoch, seq: this.#seq++, at: clock.now, series: [this.series()] };
  }

  series(): SeriesCounters {
    return {
      ...{ side: 'outbound', source: 'shop', destination: 'orders', version: 'v1', tls: true },
      ...{ requests: this.#ok + this.#serverErrors, ok: this.#ok, serverErrors: this.#serverErrors },
      ...{ clientErrors: 0, meshErrors: 0, meshErrorCodes: {}, retries: 0 },
      ...{ bytesSent: this.#ok * 10, bytesReceived: this.#ok * 20 },
      latency: this.#histogram.counts(),
    };
  }
}

function send(telemetry: Telemetry, report: ReportInput, service = 'shop') {
  return telemetry.ingest.report({ id: agentId, service, startedAt: clock.now }, report);
}

/** What the database says of all time. */
async function stored() {
  const telemetry = await start();
  const edges = await telemetry.store.edges({ from: clock.now - 20 * 60_000, to: clock.now + 60_000 });
  return edges.map(({ requests, ok, serverErrors, bytesSent, latency }) => ({
    ...{ requests, ok, serverErrors, bytesSent, latency },
  }));
}

test('repeated and out-of-order reports change nothing', async () => {
  const telemetry = await start();
  const counting = new Counting();
  counting.request(5);
  const first = counting.report();
  counting.request(7, true);
  const second = counting.report();
  for (const report of [second, first, second, first]) await send(telemetry, report);
  const [edge] = await telemetry.store.edges({ from: clock.now - 10_000, to: clock.now + 1_000 });
  expect(edge).toMatchObject({
    requests: 2,
    ok: 1,
    serverErrors: 1,
    source: 'shop',
    destination: 'orders',
    tls: true,
  });
  expect(telemetry.stats()).toMatchObject({ reports: 4, repeated: 3 });
});

test('says when counters are durable', async () => {
  const telemetry = await start();
  const counting = new Counting();
  counting.request(5);
  const report = counting.report();
  expect(await send(telemetry, report)).toEqual({ seq: 0, durable: false });
  await telemetry.flush();
  expect(await send(telemetry, report)).toEqual({ seq: 0, durable: true });
});

test('a former epoch may come late, beside the present one', async () => {
  const telemetry = await start();
  const [former, present] = [new Counting(), new Counting()];
  former.request(5);
  await send(telemetry, former.report());
  former.request(5);
  present.request(6);
  await send(telemetry, present.report());
  await send(telemetry, former.report());
  await telemetry.flush();
  expect(await stored()).toMatchObject([{ requests: 3 }]);
});

test('two replicas that know the same agent count each request once', async () => {
  const [a, b] = await Promise.all([start(), start()]);
  const counting = new Counting();
  counting.request(5);
  await send(a, counting.report());
  counting.request(5);
  await send(b, counting.report());
  await Promise.all([a.flush(), b.flush()]);
  counting.request(5);
  await send(a, counting.report());
  await a.flush();
  await a.flush();
  await b.flush();
  expect(await stored()).toMatchObject([{ requests: 3 }]);
});

test('refuses what cannot be true, and takes nothing of it', async () => {
  const telemetry = await createTelemetry({ database, logger, now, timers: false, maxSeries: 1 });
  const counting = new Counting();
  counting.request(5);
  await expect(send(telemetry, counting.report(), 'bank')).rejects.toMatchObject({ code: 'forbidden' });
  const strange = { ...counting.report(), series: [{ ...counting.series(), destination: 'a\u0000b' }] };
  await expect(send(telemetry, strange)).rejects.toMatchObject({ code: 'bad_request' });
  const many = { ...counting.report(), series: [counting.series(), { ...counting.series(), version: 'v2' }] };
  await expect(send(telemetry, many)).rejects.toMatchObject({ code: 'too_many' });
  await send(telemetry, counting.report());
  await telemetry.flush();
  expect(await stored()).toMatchObject([{ requests: 1 }]);
});

test('totals agree whatever is lost, repeated or killed', async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        type: fc.constant('requests' as const),
        count: fc.integer({ min: 1, max: 50 }),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constantFrom('report' as const, 'repeat' as const, 'lose' as const) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ type: fc.constantFrom('flush' as const, 'kill' as const, 'fail' as const) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constantFrom('restart agent' as const, 'roll up' as const) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      await database.pool.query(
        'TRUNCATE telemetry_10s, telemetry_1m, telemetry_cursor, telemetry_watermark',
      );
      let telemetry = await start();
      let counting = new Counting();
      const former: Counting[] = [];
      let last: ReportInput | undefined;
      let sent = 0;
      for (const one of steps) {
        clock.now += 2_500;
        if (one.type === 'requests') {
          for (let index = 0; index < one.count; index++) counting.request(1 + (index % 40), index % 7 === 0);
          sent += one.count;
        } else if (one.type === 'report') {
          last = counting.report();
          await send(telemetry, last);
        } else if (one.type === 'repeat' && last !== undefined) await send(telemetry, last);
        else if (one.type === 'lose') counting.report();
        else if (one.type === 'flush') await telemetry.flush();
        // Dropped without a word, as by kill -9: what it had acknowledged and not written is gone.
        else if (one.type === 'kill') telemetry = await start();
        else if (one.type === 'fail') await failingFlush(telemetry);
        else if (one.type === 'roll up') await telemetry.maintain();
        else if (one.type === 'restart agent') {
          former.push(counting);
          counting = new Counting();
        }
      }
      for (const each of [...former, counting]) await send(telemetry, each.report());
      await telemetry.stop();
      clock.now += 300_000;
      await telemetry.maintain();
      const [edge] = await stored();
      expect(edge?.requests ?? 0).toBe(sent);
      expect(edge === undefined ? 0 : total(edge.latency)).toBe(sent);
      const rows = await database.pool.query<{ sum: string }>(
        'SELECT coalesce(sum(ok + "serverErrors"), 0) AS sum FROM telemetry_1m',
      );
      expect(Number(rows.rows[0]?.sum)).toBe(sent);
    }),
    { numRuns: 40 },
  );
});

/** The database breaks in the middle of the transaction. */
async function failingFlush(telemetry: Telemetry): Promise<void> {
  await database.pool.query('ALTER TABLE telemetry_10s ADD CONSTRAINT broken CHECK (false) NOT VALID');
  await telemetry.flush();
  await database.pool.query('ALTER TABLE telemetry_10s DROP CONSTRAINT broken');
}

test('memory and database agree on sums and buckets', async () => {
  const telemetry = await start();
  const counting = new Counting();
  const from = clock.now;
  for (let second = 0; second < 130; second++) {
    clock.now += 1_000;
    for (let index = 0; index <= second % 5; index++) counting.request(3 + index);
    await send(telemetry, counting.report());
    if (second % 10 === 9) await telemetry.flush();
  }
  await telemetry.flush();
  clock.now += 1_000;
  const span = { from, to: from + 120_000 };
  const fresh = await start();
  for (const stepMs of [10_000, 60_000]) {
    const inMemory = await telemetry.store.buckets({ ...span, stepMs }, { destination: 'orders' });
    const fromDatabase = await fresh.store.buckets({ ...span, stepMs }, { destination: 'orders' });
    expect(inMemory).toHaveLength(120_000 / stepMs);
    expect(inMemory).toEqual(fromDatabase);
  }
  const bySecond = await telemetry.store.buckets({ ...span, stepMs: 1_000 }, {});
  const sum = bySecond.reduce((all, { edges }) => all + (edges[0]?.requests ?? 0), 0);
  expect(sum).toBe((await fresh.store.edges(span))[0]?.requests);
  expect(await telemetry.store.edges(span, { source: 'nobody' })).toEqual([]);
});

test('what an agent counted while the API was away is spread over that time', async () => {
  const telemetry = await start();
  const counting = new Counting();
  await send(telemetry, counting.report());
  for (let index = 0; index < 600; index++) counting.request(4);
  clock.now += 60_000;
  await send(telemetry, counting.report());
  const minute = await telemetry.store.buckets(
    { from: clock.now - 60_000, to: clock.now, stepMs: 10_000 },
    {},
  );
  expect(minute.map(({ edges }) => edges[0]?.requests)).toEqual([100, 100, 100, 100, 100, 100]);
});

test('the callee’s side counts where the caller has none, and tells the busiest instance', async () => {
  const telemetry = await start();
  const counting = new Counting();
  for (let index = 0; index < 50; index++) counting.request(4);
  const inbound = { ...counting.series(), side: 'inbound' as const, source: 'legacy', destination: 'shop' };
  await send(telemetry, { ...counting.report(), series: [counting.series(), inbound] });
  await telemetry.flush();
  const edges = await telemetry.store.edges({ from: clock.now - 10_000, to: clock.now + 10_000 });
  expect(edges.map(({ source, destination, requests }) => [source, destination, requests])).toEqual([
    ['shop', 'orders', 50],
    ['legacy', 'shop', 50],
  ]);
  expect([...telemetry.store.maxInstanceRate('shop')]).toEqual([['v1', 5]]);
  expect([...(await start()).store.maxInstanceRate('shop')]).toEqual([['v1', 5]]);
});

test('old partitions are dropped, minutes stay a week', async () => {
  const telemetry = await start();
  const counting = new Counting();
  counting.request(5);
  await send(telemetry, counting.report());
  await telemetry.flush();
  const from = clock.now - 60_000;
  clock.now += 4 * 3_600_000;
  await telemetry.maintain();
  const tens = await database.pool.query('SELECT 1 FROM telemetry_10s');
  expect(tens.rowCount).toBe(0);
  expect(await telemetry.store.edges({ from, to: from + 120_000 })).toMatchObject([{ requests: 1 }]);
  clock.now += 9 * 86_400_000;
  await telemetry.maintain();
  expect((await database.pool.query('SELECT 1 FROM telemetry_1m')).rowCount).toBe(0);
});
