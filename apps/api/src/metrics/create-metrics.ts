import { emptyCounts, mergeCounts, quantile } from '@tulle/mesh/histogram';
import type { Database } from '@tulle/prisma/database';
import type { EdgeCounters, TelemetryStore } from '../telemetry/store.ts';
import type { ChangeMark, MetricSeries, Metrics, TimePoint } from './view.ts';

const stepsMs = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
const maxPoints = 120;
const maxMarks = 200;
/** Agents report every second: the last bucket is whole when they all have. */
const settleMs = 1_500;

export function createMetrics({
  database,
  telemetry,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  telemetry: TelemetryStore;
  now?: () => number;
}): Metrics {
  async function marks(from: number, to: number, service: string | undefined): Promise<ChangeMark[]> {
    const changes = await database.prisma.change.findMany({
      where: {
        at: { gte: new Date(from), lte: new Date(to) },
        ...(service !== undefined && { entries: { some: { service } } }),
      },
      select: { revision: true, at: true, author: true, reason: true },
      orderBy: { revision: 'desc' },
      take: maxMarks,
    });
    return changes.reverse().map((change) => ({ ...change, at: change.at.getTime() }));
  }

  return {
    series: async ({ windowMs, source, destination, by }) => {
      const stepMs = stepsMs.find((step) => windowMs / step <= maxPoints) ?? 60_000;
      const at = now();
      // Buckets stay where they are from one look to the next: charts move, they do not flicker.
      const to = Math.floor((at - settleMs) / stepMs) * stepMs;
      const from = to - Math.ceil(windowMs / stepMs) * stepMs;
      const [buckets, found] = await Promise.all([
        telemetry.buckets({ from, to, stepMs }, filterOf(source, destination)),
        marks(from, at, destination ?? source),
      ]);
      const versions =
        by === 'total'
          ? [undefined]
          : [...new Set(buckets.flatMap(({ edges }) => edges.map(({ version }) => version)))].sort();
      const series = versions.map(
        (version): MetricSeries => ({
          version: version ?? '',
          points: buckets.map(({ at: start, edges }) =>
            pointOf(start, version === undefined ? edges : edges.filter((edge) => edge.version === version)),
          ),
        }),
      );
      return { from, to, stepMs, series, marks: found };
    },
  };
}

function filterOf(source: string | undefined, destination: string | undefined) {
  return { ...(source !== undefined && { source }), ...(destination !== undefined && { destination }) };
}

function pointOf(at: number, edges: readonly EdgeCounters[]): TimePoint {
  let latency = emptyCounts;
  let requests = 0;
  let errors = 0;
  for (const edge of edges) {
    latency = mergeCounts(latency, edge.latency);
    requests += edge.requests;
    errors += edge.serverErrors + edge.meshErrors;
  }
  const latencyAt = (share: number) => quantile(latency, share) ?? null;
  return { at, requests, errors, p50: latencyAt(0.5), p95: latencyAt(0.95), p99: latencyAt(0.99) };
}
