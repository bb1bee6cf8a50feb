import type { ReactNode } from 'react';
import classes from './card.module.css';

interface CardProps {
  readonly title?: ReactNode;
  /** At the right of the title: a window, a button. */
  readonly aside?: ReactNode;
  /** Without padding, for tables that reach its edges. */
  readonly flush?: boolean;
  readonly tone?: 'warn' | 'bad';
  readonly children: ReactNode;
}

export function Card({ title, aside, flush = false, tone, children }: CardProps) {
  return (
    <section className={classes.card} data-flush={flush} data-tone={tone}>
      {(title || aside) && (
        <div className={classes.head}>
          {title && <h2>{title}</h2>}
          {aside && <div className={classes.aside}>{aside}</div>}
        </div>
      )}
      {children}
    </section>
  );
}

/** A number and what it counts. */
export function Stat({
  value,
  label,
  tone,
}: {
  value: ReactNode;
  label: ReactNode;
  tone?: 'warn' | 'bad' | undefined;
}) {
  return (
    <div className={classes.stat} data-tone={tone}>
      <b>{value}</b>
      <span>{label}</span>
    </div>
  );
}
