'use client';

import type { RouterOutputs } from '@tulle/api/router-types';
import type { TooltipContentProps } from 'recharts';
import { Quote } from '@/ui/quote';
import classes from './chart.module.css';
import type { Line } from './lines';

type ChangeMark = RouterOutputs['metrics']['series']['marks'][number];

interface ChartTooltipProps extends Partial<Pick<TooltipContentProps, 'active' | 'label' | 'payload'>> {
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  readonly marks: readonly ChangeMark[];
}

const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** The values at one time, and a change that was made then. */
export function ChartTooltip({ active, label, payload, lines, format, marks }: ChartTooltipProps) {
  if (!active || typeof label !== 'number') return null;
  const row = payload?.[0]?.payload as Record<string, number | null> | undefined;
  const step = stepOf(lines);
  const here = marks.filter(({ at }) => Math.abs(at - label) <= step);
  return (
    <div className={classes.tooltip}>
      <div className={classes.when}>{time.format(label)}</div>
      {lines.map(({ name, colour }, index) => {
        const value = row?.[`v${index}`];
        return (
          <div key={name} className={classes.value}>
            <i style={{ background: colour }} />
            <span>{name}</span>
            <b>{value == null ? '–' : format(value)}</b>
          </div>
        );
      })}
      {here.map(({ revision, author, reason }) => (
        <div key={revision} className={classes.mark}>
          r{revision} {author}
          {reason && (
            <>
              : <Quote>{reason}</Quote>
            </>
          )}
        </div>
      ))}
    </div>
  );
}

function stepOf(lines: readonly Line[]): number {
  const points = lines[0]?.points;
  const [first, second] = points ?? [];
  return first && second ? second.at - first.at : 0;
}
