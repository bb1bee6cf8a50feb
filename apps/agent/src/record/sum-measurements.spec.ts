import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Measurements } from './measurements.ts';
import { OVERFLOW, RouteRecorder } from './route-recorder.ts';
import { nameOfRoute, nameOfRule } from './route-series.ts';
import { Series } from './series.ts';
import { countersOf, noMeasurements, sumMeasurements } from './sum-measurements.ts';

/** Something that happens in one of the workers. Whole milliseconds, so that sums do not depend on their order. */
const event = fc.record({
  worker: fc.nat(3),
  side: fc.constantFrom('outbound', 'inbound'),
  rule: fc.constantFrom('', 'all', '#2'),
  version: fc.constantFrom('', 'v1', 'v2'),
  outcome: fc.constantFrom('ok', 'clientError', 'serverError', 'connect_failed', 'shed', 'peer_reset'),
  ms: fc.integer({ min: 0, max: 100_000 }),
  bytes: fc.nat(1_000),
  grpcStatus: fc.option(fc.nat(20)),
  retried: fc.boolean(),
  isOver: fc.boolean(),
  protocol: fc.constantFrom('http1', 'http2'),
  reason: fc.constantFrom('reset-flood', 'invalid-hpack'),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const events = fc.array(event, { maxLength: 60 });

/** What a process measures in which this happened. */
function measured(happened: readonly Event[]): Measurements {
  const recorder = new RouteRecorder();
  for (const one of happened) countRoute(recorder, one);
  const count = (is: (one: Event) => boolean) => happened.filter(is).length;
  const byPriority = [0, count(({ version }) => version === ''), 0, count(({ ms }) => ms > 9)] as const;
  const names = <T extends string>(of: (one: Event) => T) => [...new Set(happened.map(of))];
  return {
    ...measureRoutes(recorder),
    rateLimits: names(({ rule }) => rule).map((limit) => ({
      service: 'orders',
      limit,
      refused: count(({ rule }) => rule === limit),
    })),
    overload: { ...noMeasurements.overload, memory: { pressure: 0, refused: byPriority } },
    healthChecks: { ok: count(({ isOver }) => isOver), failed: count(({ isOver }) => !isOver) },
    connections: names(({ protocol }) => protocol).map((protocol) => ({
      side: 'callers',
      protocol,
      count: count((one) => one.protocol === protocol),
    })),
    refusedConnections: { ...noMeasurements.refusedConnections, memory: count(({ ms }) => ms < 10) },
    http2Refusals: Object.fromEntries(
      names(({ reason }) => reason).map((reason) => [reason, count((one) => one.reason === reason)]),
    ),
    observability: {
      accessLog: { written: count(({ isOver }) => isOver), dropped: happened.length, withheld: 0 },
      spans: { exported: happened.length, dropped: 0, failed: count(({ retried }) => retried) },
    },
  };
}

const measureRoutes = (recorder: RouteRecorder): Measurements => ({
  ...noMeasurements,
  routes: Array.from(recorder.series(), (series) => series.counts()),
  rules: Array.from(recorder.rules(), (record) => record.counts()),
});

const activeOf = ({ routes }: Measurements) => routes.reduce((sum, { active }) => sum + active, 0);

const v1 = seriesTo('v1');
const v2 = seriesTo('v2');

function seriesTo(version: string): Series {
  return new Series({ side: 'outbound', source: 'web', destination: 'orders', version, tls: true });
}

function countRoute(recorder: RouteRecorder, one: Event): void {
  const record = recorder.obtain({ side: one.side, service: 'orders', rule: one.rule });
  const series = one.version === '' ? record.unsent : record.of(one.version === 'v1' ? v1 : v2);
  if (one.retried) record.mirrored++;
  if (one.ms > 50) record.delayed++;
  series.bytesSent += one.bytes;
  if (!one.isOver) {
    series.active++;
    return;
  }
  series.firstByte.record(one.ms);
  if (one.retried) series.retried++;
  if (one.grpcStatus !== null) series.countGrpcStatus(one.grpcStatus);
  const { outcome } = one;
  if (outcome === 'ok' || outcome === 'clientError' || outcome === 'serverError')
    series.answered(outcome, one.ms);
  else series.failed(outcome, one.ms);
}

/** As the channel between processes carries it. */
const carried = (measurements: Measurements): Measurements => JSON.parse(JSON.stringify(measurements));

/** Whatever came first in which process. */
function inOrder(measurements: Measurements): Measurements {
  const named = <T>(list: readonly T[], nameOf: (one: T) => string): T[] =>
    list.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return {
    ...measurements,
    routes: named(measurements.routes, ({ key }) => nameOfRoute(key)),
    rules: named(measurements.rules, ({ key }) => nameOfRule(key)),
    rateLimits: named(measurements.rateLimits, ({ limit }) => limit),
    connections: named(measurements.connections, ({ protocol }) => protocol),
  };
}

const byWorker = (happened: readonly Event[]) =>
  [0, 1, 2, 3].map((index) => carried(measured(happened.filter(({ worker }) => worker === index))));

test('the sum of what workers measured is what one would have measured that saw all', () => {
  fc.assert(
    fc.property(events, (happened) => {
      expect(inOrder(sumMeasurements(byWorker(happened)))).toEqual(inOrder(measured(happened)));
    }),
  );
});

test('it makes no difference in which order workers ended: what they counted stays, and nothing they held', () => {
  fc.assert(
    fc.property(events, fc.nat(4), (happened, alive) => {
      const workers = byWorker(happened);
      const ended = workers
        .slice(alive)
        .reduce((sum, one) => sumMeasurements([sum, countersOf(one)]), noMeasurements);
      const sum = sumMeasurements([ended, ...workers.slice(0, alive)]);
      expect(inOrder(countersOf(sum))).toEqual(inOrder(countersOf(measured(happened))));
      const held = measured(happened.filter(({ worker }) => worker < alive));
      expect(inOrder(sum).connections).toEqual(inOrder(held).connections);
      expect(activeOf(sum)).toBe(activeOf(held));
    }),
  );
});

test('rules and series are bounded over all workers, and no request is lost', () => {
  const workers = Array.from({ length: 40 }, (_, worker) => {
    const recorder = new RouteRecorder();
    const record = recorder.obtain({ side: 'outbound', service: 'orders', rule: `r${worker}` });
    record.unsent.ok = 1;
    record.aborted = 1;
    return measureRoutes(recorder);
  });
  const { routes, rules } = sumMeasurements(workers, { maxRules: 5, maxSeries: 3 });
  expect(routes.map(({ key, ok }) => [key.rule, ok])).toEqual([
    ['r0', 1],
    ['r1', 1],
    ['r2', 1],
    [OVERFLOW, 37],
  ]);
  expect(rules.map(({ aborted }) => aborted)).toEqual([1, 1, 1, 1, 1, 35]);
});

describe('what is no counter', () => {
  const worker = (more: Partial<Measurements>): Measurements => ({ ...noMeasurements, ...more });
  const concurrency = { limit: 40, inFlight: 7, baselineMs: 12, refused: [0, 1, 2, 3] } as const;

  test('adds up where each worker has its own, and is the worst where workers believe something', () => {
    const sum = sumMeasurements([
      worker({
        circuits: [{ service: 'orders', active: 5, max: 5, open: true }],
        retryBudgets: [{ service: 'orders', left: 2 }],
        overload: { concurrency, memory: { pressure: 3, refused: [1, 0, 0, 0] } },
      }),
      worker({
        circuits: [{ service: 'orders', active: 1, max: 5, open: false }],
        retryBudgets: [{ service: 'orders', left: 3 }],
        overload: {
          concurrency: { ...concurrency, limit: 20, baselineMs: 30 },
          memory: { pressure: 1, refused: [1, 0, 0, 0] },
        },
      }),
    ]);
    expect(sum.circuits).toEqual([{ service: 'orders', active: 6, max: 10, open: true }]);
    expect(sum.retryBudgets).toEqual([{ service: 'orders', left: 5 }]);
    expect(sum.overload).toEqual({
      concurrency: { limit: 60, inFlight: 14, baselineMs: 30, refused: [0, 2, 4, 6] },
      memory: { pressure: 3, refused: [2, 0, 0, 0] },
    });
  });

  test('ends with the worker', () => {
    const ended = countersOf(
      worker({
        circuits: [{ service: 'orders', active: 5, max: 5, open: true }],
        retryBudgets: [{ service: 'orders', left: 2 }],
        overload: { concurrency, memory: { pressure: 3, refused: [1, 0, 0, 0] } },
      }),
    );
    expect(ended).toMatchObject({ circuits: [], retryBudgets: [] });
    expect(ended.overload).toEqual({
      concurrency: { limit: 0, inFlight: 0, baselineMs: 0, refused: [0, 1, 2, 3] },
      memory: { pressure: 0, refused: [1, 0, 0, 0] },
    });
  });
});
