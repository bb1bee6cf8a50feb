'use client';

import type { RouterOutputs } from '@tulle/api/router-types';
import { useMemo } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line as RechartsLine,
  ReferenceLine,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { useMounted } from '@/ui/clock';
import classes from './chart.module.css';
import { ChartTooltip } from './chart-tooltip';
import { type Line, summarise } from './lines';
import { axisTicks } from './scale';

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

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Lines over time, with every change of configuration drawn where it happened. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { title, from, to, lines, format, marks = [], height = 120, top } = props;
  const mounted = useMounted();
  const rows = useMemo(() => rowsOf(lines), [lines]);
  const ticks = axisTicks(
    lines.flatMap(({ points }) => points.map(({ value }) => value)),
    top,
  );
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
          <ComposedChart
            responsive
            style={{ width: '100%', height }}
            data={rows}
            margin={{ top: 6, right: 2, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="at"
              type="number"
              domain={[from, to]}
              allowDataOverflow
              ticks={[from, to]}
              interval={0}
              tick={<TimeTick from={from} />}
              tickLine={false}
              axisLine={false}
              height={22}
            />
            <YAxis
              ticks={ticks}
              domain={[0, ticks[2]]}
              tickFormatter={format}
              interval={0}
              tick={{ fill: 'var(--text-faint)', fontSize: 11 }}
              tickLine={false}
              axisLine={false}
              width={axisWidth(ticks, format)}
            />
            {shown.map(({ revision, at }) => (
              <ReferenceLine key={revision} x={at} stroke="var(--text-faint)" strokeDasharray="3 3" />
            ))}
            {lines.map((line, index) => drawn(line, index))}
            <Tooltip
              content={<ChartTooltip lines={lines} format={format} marks={shown} />}
              cursor={{ stroke: 'var(--line-strong)' }}
              isAnimationActive={false}
              wrapperStyle={{ zIndex: 5, outline: 'none' }}
            />
          </ComposedChart>
        )}
      </div>
    </figure>
  );
}

function drawn({ name, colour, filled }: Line, index: number) {
  const look = {
    type: 'linear',
    dataKey: `v${index}`,
    name,
    stroke: colour,
    strokeWidth: 1.6,
    dot: false,
    activeDot: { r: 3, strokeWidth: 0, fill: colour },
    isAnimationActive: false,
  } as const;
  return filled ? (
    <Area key={name} {...look} fill={colour} fillOpacity={0.12} />
  ) : (
    <RechartsLine key={name} {...look} />
  );
}

/** The ends of the window, each inside the axis. */
function TimeTick({
  x = 0,
  y = 0,
  payload,
  from,
}: {
  x?: number;
  y?: number;
  payload?: { value: number };
  from: number;
}) {
  if (payload === undefined) return null;
  return (
    <text
      x={x}
      y={y + 10}
      fontSize={11}
      fill="var(--text-faint)"
      textAnchor={payload.value === from ? 'start' : 'end'}
    >
      {timeOfDay.format(payload.value)}
    </text>
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

/** recharts wants one row for each time, with a column for each line. */
function rowsOf(lines: readonly Line[]): Record<string, number | null>[] {
  const rows = new Map<number, Record<string, number | null>>();
  for (const [index, { points }] of lines.entries()) {
    for (const { at, value } of points) {
      const row = rows.get(at) ?? { at };
      row[`v${index}`] = value;
      rows.set(at, row);
    }
  }
  return [...rows.values()].sort((left, right) => (left.at ?? 0) - (right.at ?? 0));
}

/** Wide enough for its longest number, so that the lines of charts below each other begin together only when they can. */
function axisWidth(ticks: readonly number[], format: (value: number) => string): number {
  const longest = Math.max(...ticks.map((tick) => format(tick).length));
  return Math.max(36, longest * 6.2 + 13);
}

function marksText(marks: readonly ChangeMark[]): string {
  if (marks.length === 0) return '';
  const parts = marks.map(
    ({ revision, at, author, reason }) =>
      `revision ${revision} by ${author} at ${timeOfDay.format(at)}${reason ? `, “${reason}”` : ''}`,
  );
  return ` Changes: ${parts.join('; ')}.`;
}
