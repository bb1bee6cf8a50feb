'use client';

import type { RouterOutputs } from '@tulle/api/router-types';
import dynamic from 'next/dynamic';
import { useMounted } from '@/ui/clock';
import classes from './chart.module.css';
import { Gridlines } from './chart-bone';
import { type Line, summarise } from './lines';
import { timeOfDay } from './scale';

type ChangeMark = RouterOutputs['metrics']['series']['marks'][number];

export interface TimeSeriesChartProps {
  /** What is drawn: "Errors by version". Read out, not shown. */
  readonly title: string;
  /** The ends of the axis, milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly marks?: readonly ChangeMark[];
  readonly height?: number;
  /** The top of the axis, when it must not follow the values: 100 for shares. */
  readonly top?: number;
  /** Names of lines over the chart; on by default when there is more than one. */
  readonly legend?: boolean;
}

/** Most pages show no chart at first, and recharts is larger than all else of theirs. Nothing is drawn before a page is mounted, on no server. */
const LinesPlot = dynamic(async () => (await import('./lines-plot')).LinesPlot, {
  ssr: false,
  loading: () => <Gridlines height="100%" />,
});

/** Lines over time, with every change of configuration drawn where it happened. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { title, from, to, lines, format, marks = [], height = 120, top } = props;
  const mounted = useMounted();
  const legend = props.legend ?? lines.length > 1;
  const shown = marks.filter(({ at }) => at >= from && at <= to);

  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        {summarise(title, lines, format) + marksText(shown)}
      </figcaption>
      {legend && <Legend lines={lines} />}
      {/* The height is known before the width is, so nothing below moves when the chart appears. */}
      <div style={{ height }} aria-hidden="true">
        {mounted && lines.length === 0 && (
          <div className={classes.nothing}>Nothing measured in this window</div>
        )}
        {mounted && lines.length > 0 && (
          <LinesPlot
            from={from}
            to={to}
            lines={lines}
            format={format}
            marks={shown}
            height={height}
            top={top}
          />
        )}
      </div>
    </figure>
  );
}

function Legend({ lines }: { lines: readonly Line[] }) {
  return (
    <ul className={classes.legend} aria-hidden="true">
      {lines.map(({ name, colour }) => (
        <li key={name}>
          <i style={{ background: colour }} />
          {name}
        </li>
      ))}
    </ul>
  );
}

function marksText(marks: readonly ChangeMark[]): string {
  if (marks.length === 0) return '';
  const parts = marks.map(
    ({ revision, at, author, reason }) =>
      `revision ${revision} by ${author} at ${timeOfDay.format(at)}${reason ? `, “${reason}”` : ''}`,
  );
  return ` Changes: ${parts.join('; ')}.`;
}
