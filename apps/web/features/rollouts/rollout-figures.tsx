'use client';

import { formatMs, formatPercent } from '@tulle/mesh/format';
import { type ReactNode, useMemo } from 'react';
import { MetricChart } from '@/charts/metric-chart';
import { versionColour } from '@/theme/version-colour';
import { Card } from '@/ui/card';
import type { Rollout } from './action-words';
import { isActive } from './phase-tone';
import classes from './rollout-figures.module.css';

/** Stable against candidate: success, latency, and the share that was set beside the one observed. */
export function RolloutFigures({ rollout }: { rollout: Rollout }) {
  const { row, stable, candidate, verdict } = rollout;
  const active = isActive(row.phase);
  const measured = stable.requests + candidate.requests > 0;
  const versions = useMemo(() => [row.stable, row.candidate], [row.stable, row.candidate]);
  const colours = {
    stable: versionColour(versions, row.stable),
    candidate: versionColour(versions, row.candidate),
  };
  // What an analysis found then says nothing of the traffic of now.
  const failed = active ? verdict?.checks.filter(({ state }) => state === 'fail') : undefined;
  const worse = (metric: string) => failed?.some((check) => check.metric.startsWith(metric)) ?? false;
  const chart = { destination: row.service, versions, only: versions, height: 84 };
  return (
    <div className={classes.cards}>
      <Card>
        <Figure
          name="Success"
          note="stable / candidate, last minute"
          stable={stable.requests === 0 ? '–' : formatPercent(stable.successRate)}
          candidate={candidate.requests === 0 ? '–' : formatPercent(candidate.successRate)}
          colours={worse('Success') ? { ...colours, candidate: 'var(--bad)' } : colours}
        />
        <MetricChart title="Errors by version" metric="errors" {...chart} />
      </Card>
      <Card>
        <Figure
          name="p95"
          note="stable / candidate, last minute"
          stable={stable.p95 === null ? '–' : formatMs(stable.p95)}
          candidate={candidate.p95 === null ? '–' : formatMs(candidate.p95)}
          colours={worse('p95') ? { ...colours, candidate: 'var(--bad)' } : colours}
        />
        <MetricChart title="p95 by version" metric="p95" {...chart} />
      </Card>
      <Card>
        <div className={classes.name}>Share of {row.candidate}</div>
        <div className={classes.value}>{measured ? formatPercent(row.observed) : '–'}</div>
        <div className={classes.note}>
          {active
            ? `observed in the last minute, set ${formatPercent(row.setWeight)}`
            : `observed in the last minute, left at ${formatPercent(row.setWeight)}`}
        </div>
        <MetricChart title="Share by version" metric="share" {...chart} />
      </Card>
    </div>
  );
}

function Figure({
  name,
  note,
  stable,
  candidate,
  colours,
}: {
  name: ReactNode;
  note: string;
  stable: string;
  candidate: string;
  colours: { stable: string; candidate: string };
}) {
  return (
    <>
      <div className={classes.name}>{name}</div>
      <div className={classes.value}>
        <span style={{ color: colours.stable }}>{stable}</span> /{' '}
        <span style={{ color: colours.candidate }}>{candidate}</span>
      </div>
      <div className={classes.note}>{note}</div>
    </>
  );
}
