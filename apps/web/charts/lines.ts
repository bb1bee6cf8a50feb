import type { RouterOutputs } from '@tulle/api/router-types';
import { formatMs, formatNumber, formatPercent } from '@tulle/mesh/format';
import { versionColour } from '../theme/version-colour.ts';

export type MetricsView = RouterOutputs['metrics']['series'];
export type TimePoint = MetricsView['series'][number]['points'][number];

/** One line of a chart; the values of all lines stand at the same times. */
export interface Line {
  readonly name: string;
  /** A CSS colour, as a role. */
  readonly colour: string;
  readonly points: readonly { readonly at: number; readonly value: number | null }[];
  /** Filled down to zero. */
  readonly filled?: boolean;
}

export type Metric = 'rate' | 'errors' | 'p50' | 'p95' | 'p99' | 'share';

/** How a metric's numbers are written. */
export const metricFormats: Record<Metric, (value: number) => string> = {
  rate: (value) => `${formatNumber(value)}\u2009/s`,
  errors: formatPercent,
  p50: formatMs,
  p95: formatMs,
  p99: formatMs,
  share: formatPercent,
};

/** A line for each version, in its colour; versions without a single request in the window are left out. */
export function versionLines(view: MetricsView, metric: Metric, allVersions?: readonly string[]): Line[] {
  const used = view.series.filter(({ points }) => points.some(({ requests }) => requests > 0));
  const versions = allVersions ?? view.series.map(({ version }) => version);
  const totals = totalsByTime(view);
  return used.map(({ version, points }) => ({
    name: version || (used.length === 1 ? 'total' : 'no version'),
    colour: version === '' && used.length === 1 ? 'var(--v1)' : versionColour(versions, version),
    points: points.map((point) => ({
      at: point.at,
      value: metricValue(point, metric, view.stepMs, totals.get(point.at) ?? 0),
    })),
  }));
}

/** Those of versions would say what is not so. */
const percentileColours = [
  'color-mix(in srgb, var(--text-faint) 80%, var(--surface))',
  'var(--text-dim)',
  'var(--text)',
];

/** The three percentiles of everything together, in shades of one colour. */
export function percentileLines(view: MetricsView): Line[] {
  const points = view.series[0]?.points ?? [];
  if (points.every(({ requests }) => requests === 0)) return [];
  return (['p50', 'p95', 'p99'] as const).map((metric, index) => ({
    name: metric,
    colour: percentileColours[index] ?? 'var(--text)',
    points: points.map((point) => ({ at: point.at, value: point[metric] })),
  }));
}

function metricValue(point: TimePoint, metric: Metric, stepMs: number, total: number): number | null {
  switch (metric) {
    case 'rate':
      return (point.requests * 1_000) / stepMs;
    case 'errors':
      return point.requests === 0 ? null : (point.errors / point.requests) * 100;
    case 'share':
      return total === 0 ? null : (point.requests / total) * 100;
    default:
      return point[metric];
  }
}

function totalsByTime({ series }: MetricsView): Map<number, number> {
  const totals = new Map<number, number>();
  for (const { points } of series)
    for (const { at, requests } of points) totals.set(at, (totals.get(at) ?? 0) + requests);
  return totals;
}

/** What a chart shows, in one sentence for those who do not see it. */
export function summarise(title: string, lines: readonly Line[], format: (value: number) => string): string {
  if (lines.length === 0) return `${title}: nothing was measured in this window.`;
  const parts = lines.map(({ name, points }) => {
    const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
    const last = values.at(-1);
    if (last === undefined) return `${name}: nothing measured`;
    return `${name}: now ${format(last)}, between ${format(Math.min(...values))} and ${format(Math.max(...values))}`;
  });
  return `${title}. ${parts.join('; ')}.`;
}
