import type { ConnectionCount, Measurements, Overload, RefusedByPriority } from './measurements.ts';
import type { ObservabilityCounts } from './observability.ts';
import { type RouteLimits, routeLimits } from './route-recorder.ts';
import { sumBy } from './sum-by.ts';
import { sumRoutes, sumRules } from './sum-routes.ts';

type Circuit = Measurements['circuits'][number];
type RateLimit = Measurements['rateLimits'][number];
type RetryBudget = Measurements['retryBudgets'][number];
type Spans = NonNullable<ObservabilityCounts['spans']>;

/** Of a process that has carried nothing. */
export const noMeasurements: Measurements = {
  routes: [],
  rules: [],
  circuits: [],
  rateLimits: [],
  retryBudgets: [],
  overload: { concurrency: undefined, memory: { pressure: 0, refused: [0, 0, 0, 0] } },
  healthChecks: { ok: 0, failed: 0 },
  connections: [],
  refusedConnections: { connections: 0, memory: 0, descriptors: 0, accept: 0 },
  http2Refusals: {},
  observability: { accessLog: { written: 0, dropped: 0, withheld: 0 }, spans: undefined },
};

/**
 * What several processes of one agent measured, as if one had. Counters and what is in flight add up; so do limits and
 * budgets, since each process has its own. Of what is believed or felt the worst holds: the highest baseline and
 * pressure, and a circuit that is open for some. Beyond `limits`, further rules and series count as overflow.
 */
export function sumMeasurements(
  all: readonly Measurements[],
  limits: RouteLimits = routeLimits,
): Measurements {
  return {
    routes: sumRoutes(
      all.flatMap(({ routes }) => routes),
      limits,
    ),
    rules: sumRules(
      all.flatMap(({ rules }) => rules),
      limits,
    ),
    circuits: sumBy(
      all.flatMap(({ circuits }) => circuits),
      ({ service }) => service,
      addCircuit,
    ),
    rateLimits: sumRateLimits(all.flatMap(({ rateLimits }) => rateLimits)),
    retryBudgets: sumBy(
      all.flatMap(({ retryBudgets }) => retryBudgets),
      ({ service }) => service,
      addBudget,
    ),
    overload: all.map(({ overload }) => overload).reduce(addOverload, noMeasurements.overload),
    healthChecks: addCounts(
      all.map(({ healthChecks }) => healthChecks),
      noMeasurements.healthChecks,
    ),
    connections: sumBy(
      all.flatMap(({ connections }) => connections),
      ({ side, protocol }) => `${side} ${protocol}`,
      addConnections,
    ),
    refusedConnections: addCounts(
      all.map(({ refusedConnections }) => refusedConnections),
      noMeasurements.refusedConnections,
    ),
    http2Refusals: addCounts(
      all.map(({ http2Refusals }) => http2Refusals),
      {},
    ),
    observability: all
      .map(({ observability }) => observability)
      .reduce(addObservability, noMeasurements.observability),
  };
}

/** What stays of a process that has ended: what it counted. It holds nothing open, and nothing of it has a limit. */
export function countersOf(measured: Measurements): Measurements {
  const { routes, overload } = measured;
  const { concurrency, memory } = overload;
  return {
    ...measured,
    routes: routes.map((route) => ({ ...route, active: 0 })),
    circuits: [],
    retryBudgets: [],
    connections: [],
    overload: {
      concurrency: concurrency && { ...concurrency, limit: 0, inFlight: 0, baselineMs: 0 },
      memory: { ...memory, pressure: 0 },
    },
  };
}

/** Several limits of a service may have one name. */
export function sumRateLimits(all: readonly RateLimit[]): RateLimit[] {
  return sumBy(
    all,
    ({ service, limit }) => `${service} ${limit}`,
    (a, b) => ({ ...a, refused: a.refused + b.refused }),
  );
}

/** Of counts by name; what is missing somewhere is none there. */
function addCounts<Name extends string>(
  all: readonly Readonly<Record<Name, number>>[],
  none: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const sum: Record<Name, number> = { ...none };
  for (const counts of all)
    for (const name of Object.keys(counts) as Name[]) sum[name] = (sum[name] ?? 0) + counts[name];
  return sum;
}

function addCircuit(a: Circuit, b: Circuit): Circuit {
  return { ...a, active: a.active + b.active, max: a.max + b.max, open: a.open || b.open };
}

function addBudget(a: RetryBudget, b: RetryBudget): RetryBudget {
  return { ...a, left: a.left + b.left };
}

function addConnections(a: ConnectionCount, b: ConnectionCount): ConnectionCount {
  return { ...a, count: a.count + b.count };
}

function addOverload(a: Overload, b: Overload): Overload {
  return {
    concurrency: addConcurrency(a.concurrency, b.concurrency),
    memory: {
      pressure: a.memory.pressure > b.memory.pressure ? a.memory.pressure : b.memory.pressure,
      refused: addRefused(a.memory.refused, b.memory.refused),
    },
  };
}

function addConcurrency(a: Overload['concurrency'], b: Overload['concurrency']): Overload['concurrency'] {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    limit: a.limit + b.limit,
    inFlight: a.inFlight + b.inFlight,
    baselineMs: Math.max(a.baselineMs, b.baselineMs),
    refused: addRefused(a.refused, b.refused),
  };
}

function addRefused(a: RefusedByPriority, b: RefusedByPriority): RefusedByPriority {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

function addObservability(a: ObservabilityCounts, b: ObservabilityCounts): ObservabilityCounts {
  return { accessLog: addCounts([b.accessLog], a.accessLog), spans: addSpans(a.spans, b.spans) };
}

function addSpans(a: Spans | undefined, b: Spans | undefined): Spans | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return addCounts([b], a);
}
