'use client';

import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { MetricChart } from '@/charts/metric-chart';
import classes from './panel.module.css';

const metrics = ['errors', 'rate', 'p50', 'p95', 'p99'] as const;

const titles = {
  errors: 'Errors by version',
  rate: 'Requests by version',
  p50: 'p50 by version',
  p95: 'p95 by version',
  p99: 'p99 by version',
} as const;

interface ChartsProps {
  readonly source?: string;
  readonly destination?: string;
  readonly versions?: readonly string[];
}

/** One chart at a time, chosen above it; which one is in the URL. */
export function Charts({ source, destination, versions }: ChartsProps) {
  const [metric, setMetric] = useQueryState('chart', parseAsStringLiteral(metrics).withDefault('errors'));
  return (
    <section>
      <div className={classes.chartHead}>
        <h3>{titles[metric]}</h3>
        <fieldset className={classes.metrics}>
          <legend className={classes.hidden}>Chart of</legend>
          {metrics.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === metric}
              onClick={() => void setMetric(each)}
            >
              {each}
            </button>
          ))}
        </fieldset>
      </div>
      <MetricChart
        title={titles[metric]}
        metric={metric}
        height={128}
        {...(source && { source })}
        {...(destination && { destination })}
        {...(versions && { versions })}
      />
    </section>
  );
}
