'use client';

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
import { ChartTooltip } from './chart-tooltip';
import type { Line } from './lines';
import { axisTicks, timeOfDay } from './scale';
import type { TimeSeriesChartProps } from './time-series-chart';

type LinesPlotProps = Required<
  Pick<TimeSeriesChartProps, 'from' | 'to' | 'lines' | 'format' | 'marks' | 'height'>
> & {
  readonly top: number | undefined;
};

/** Axes, lines and marks: what of a chart recharts draws. */
export function LinesPlot({ from, to, lines, format, marks, height, top }: LinesPlotProps) {
  const rows = useMemo(() => rowsOf(lines), [lines]);
  const ticks = axisTicks(
    lines.flatMap(({ points }) => points.map(({ value }) => value)),
    top,
  );
  return (
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
      {marks.map(({ revision, at }) => (
        <ReferenceLine key={revision} x={at} stroke="var(--text-faint)" strokeDasharray="3 3" />
      ))}
      {lines.map((line, index) => drawn(line, index))}
      <Tooltip
        content={<ChartTooltip lines={lines} format={format} marks={marks} />}
        cursor={{ stroke: 'var(--line-strong)' }}
        isAnimationActive={false}
        wrapperStyle={{ zIndex: 5, outline: 'none' }}
      />
    </ComposedChart>
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
