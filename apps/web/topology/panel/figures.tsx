import { formatMs, formatNumber, formatPercent } from '@tulle/mesh/format';
import { Stat } from '@/ui/card';
import type { GraphNode } from '../graph-view';
import classes from './panel.module.css';

type Traffic = GraphNode['traffic'];

/** The four numbers of the window. */
export function Figures({ traffic, health }: { traffic: Traffic; health: GraphNode['health'] }) {
  const tone = health === 'failing' ? 'bad' : health === 'degraded' ? 'warn' : undefined;
  const measured = traffic.requests > 0;
  return (
    <div className={classes.figures}>
      <Stat value={formatNumber(traffic.rate)} label="req/s" />
      <Stat
        value={measured ? formatPercent(traffic.errorRate) : '–'}
        label="errors"
        tone={traffic.errorRate > 0 ? tone : undefined}
      />
      <Stat value={traffic.p50 === null ? '–' : formatMs(traffic.p50)} label="p50" />
      <Stat value={traffic.p95 === null ? '–' : formatMs(traffic.p95)} label="p95" />
    </div>
  );
}
