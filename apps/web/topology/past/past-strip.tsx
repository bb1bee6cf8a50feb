'use client';

import { Button } from '@mantine/core';
import { countOf } from '@tulle/mesh/format';
import { useMemo } from 'react';
import { ClockTime, RelativeTime } from '@/ui/time';
import { useWindow } from '@/ui/use-view';
import { windowText } from '@/ui/view-state';
import type { GraphView } from '../graph-view';
import { graphDiff } from './graph-diff';
import classes from './past.module.css';

const mostShown = 4;

interface PastStripProps {
  readonly at: number;
  /** undefined while they are on their way. */
  readonly then: GraphView | undefined;
  readonly now: GraphView | undefined;
  readonly onSelect: (id: string) => void;
  readonly onNow: () => void;
}

/** Says that this is not now, and what has changed since. */
export function PastStrip({ at, then, now, onSelect, onNow }: PastStripProps) {
  const { window } = useWindow();
  const differences = useMemo(() => then && now && graphDiff(then, now), [then, now]);
  return (
    <section className={classes.strip} aria-label="Compared with now">
      <div className={classes.head}>
        <span>
          As it was at <ClockTime at={at} />, <RelativeTime at={at} />, over {windowText(window)}
        </span>
        <Button size="compact-sm" onClick={onNow}>
          Back to now
        </Button>
      </div>
      {differences?.length === 0 && (
        <p className={classes.dim}>Calls, errors and rates are much the same now.</p>
      )}
      {differences !== undefined && differences.length > 0 && (
        <ul className={classes.list}>
          {differences.slice(0, mostShown).map(({ id, name, words }) => (
            <li key={id}>
              <button type="button" onClick={() => onSelect(id)}>
                {name}
              </button>{' '}
              <span className={classes.dim}>{words}</span>
            </li>
          ))}
          {differences.length > mostShown && (
            <li className={classes.dim}>
              and {countOf(differences.length - mostShown, 'more call', 'more calls')}
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
