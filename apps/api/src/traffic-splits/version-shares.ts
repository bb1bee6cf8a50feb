import { emptyCounts, mergeCounts, quantile } from '@tulle/mesh/histogram';
import type { TrafficSplit } from '@tulle/mesh/traffic-split';
import { trySuccessRate } from '@tulle/mesh/tries';
import type { Fleet } from '../agents/fleet.ts';
import type { TrafficSummary } from '../metrics/view.ts';
import type { EdgeCounters } from '../telemetry/store.ts';
import type { VersionShare } from '../topology/view.ts';

/** Sums edges, whatever they join; rates over `spanMs`, in which they were measured. */
export function summarise(edges: readonly EdgeCounters[], spanMs: number): TrafficSummary {
  const requests = sum(edges, (edge) => edge.requests);
  const errors = sum(edges, (edge) => edge.serverErrors + edge.meshErrors);
  const latency = edges.reduce((merged, edge) => mergeCounts(merged, edge.latency), emptyCounts);
  const errorRate = requests === 0 ? 0 : (errors / requests) * 100;
  const successRate = 100 - errorRate;
  const ofTries = trySuccessRate(
    { requests, successRate },
    sum(edges, (edge) => edge.retries),
  );
  return {
    requests,
    rate: requests / (spanMs / 1_000),
    errorRate,
    successRate,
    ...(ofTries !== undefined && { trySuccessRate: ofTries }),
    p50: quantile(latency, 0.5) ?? null,
    p95: quantile(latency, 0.95) ?? null,
    p99: quantile(latency, 0.99) ?? null,
  };
}

/**
 * Every version of a service that was set, runs or answered. What was observed is a share of the requests that
 * some version answered.
 */
export function versionShares(
  split: TrafficSplit | undefined,
  running: ReturnType<Fleet['versionsOf']>,
  edges: readonly EdgeCounters[],
  spanMs: number,
): VersionShare[] {
  const answered = edges.filter(({ version }) => version !== '');
  const requests = sum(answered, (edge) => edge.requests);
  const versions = new Set([
    ...(split?.weights ?? []).map(({ version }) => version),
    ...running.map(({ version }) => version),
    ...answered.map(({ version }) => version),
  ]);
  return [...versions].sort(naturally).map((version) => {
    const traffic = summarise(
      answered.filter((edge) => edge.version === version),
      spanMs,
    );
    return {
      version,
      // A split names all versions that get anything: one it does not name gets nothing.
      weight: split ? (split.weights.find((entry) => entry.version === version)?.weight ?? 0) : null,
      observed: requests === 0 ? 0 : (traffic.requests / requests) * 100,
      instances: running.find((entry) => entry.version === version)?.instances ?? 0,
      traffic,
    };
  });
}

const collator = new Intl.Collator('en', { numeric: true });

/** `v2` before `v10`. */
function naturally(a: string, b: string): number {
  return collator.compare(a, b);
}

function sum(edges: readonly EdgeCounters[], value: (edge: EdgeCounters) => number): number {
  return edges.reduce((total, edge) => total + value(edge), 0);
}
