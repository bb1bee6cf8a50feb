'use client';

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTRPC } from '@/trpc/client';
import { ErrorState } from '@/ui/states';
import { useRefresh, useWindow } from '@/ui/use-view';
import { ChartBone } from './chart-bone';
import { type Metric, type MetricsView, metricFormats, percentileLines, versionLines } from './lines';
import { TimeSeriesChart } from './time-series-chart';

interface MetricChartProps {
  readonly title: string;
  readonly metric: Metric | 'percentiles';
  readonly source?: string;
  readonly destination?: string;
  /** All versions of the service, which decide the colours. */
  readonly versions?: readonly string[];
  /** Draws these versions and no others, for comparisons. */
  readonly only?: readonly string[];
  readonly height?: number;
}

/** One metric of a service or an edge over the window of the page, by version. */
export function MetricChart({
  title,
  metric,
  source,
  destination,
  versions,
  only,
  height = 120,
}: MetricChartProps) {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const by = metric === 'percentiles' ? 'total' : 'version';
  const input = { windowMs, by, ...(source && { source }), ...(destination && { destination }) } as const;
  const series = useQuery(trpc.metrics.series.queryOptions(input, useRefresh(5_000)));
  const { data } = series;
  const lines = useMemo(() => {
    if (data === undefined) return [];
    return metric === 'percentiles' ? percentileLines(data) : linesOf(data, metric, versions, only);
  }, [data, metric, versions, only]);

  // Known before the values are, so that nothing moves when they come.
  const legend = metric === 'percentiles' || (only ?? versions ?? []).length > 1 || lines.length > 1;

  if (data === undefined) {
    if (series.error)
      return <ErrorState error={series.error} what={title} onRetry={() => void series.refetch()} />;
    return <ChartBone height={height} legend={legend} />;
  }
  return (
    <TimeSeriesChart
      title={title}
      from={data.from}
      to={data.to}
      lines={filled(lines, metric)}
      format={metricFormats[metric === 'percentiles' ? 'p95' : metric]}
      marks={data.marks}
      height={height}
      legend={legend}
      {...(metric === 'share' && { top: 100 })}
    />
  );
}

function linesOf(
  data: MetricsView,
  metric: Metric,
  versions: readonly string[] | undefined,
  only: readonly string[] | undefined,
) {
  const lines = versionLines(data, metric, versions);
  return only === undefined ? lines : lines.filter(({ name }) => only.includes(name));
}

/** Errors are filled: their area is what people suffered. */
function filled(lines: ReturnType<typeof versionLines>, metric: Metric | 'percentiles') {
  return metric === 'errors' ? lines.map((line) => ({ ...line, filled: true })) : lines;
}
