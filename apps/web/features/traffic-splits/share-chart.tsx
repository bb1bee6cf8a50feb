'use client';

import { MetricChart } from '@/charts/metric-chart';
import { Card } from '@/ui/card';
import { useWindow } from '@/ui/use-view';
import { windowText } from '@/ui/view-state';
import classes from './share-chart.module.css';

/** What the wire says of the split over time, above what went wrong, with every change where it happened. */
export function ShareChart({ service, versions }: { service: string; versions: readonly string[] }) {
  const { window } = useWindow();
  const chart = { destination: service, versions, height: 180 };
  return (
    <Card title="Observed share and errors" aside={`last ${windowText(window)} · marks are changes`}>
      <div className={classes.charts}>
        <div>
          <h3>Share</h3>
          <MetricChart title="Observed share" metric="share" {...chart} />
        </div>
        <div>
          <h3>Errors</h3>
          <MetricChart title="Errors" metric="errors" {...chart} />
        </div>
      </div>
    </Card>
  );
}
