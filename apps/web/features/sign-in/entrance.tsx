import type { ReactNode } from 'react';
import { Logo } from '@/ui/shell/logo';
import classes from './entrance.module.css';

/** The frame of the pages before the dashboard. */
export function Entrance({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <main className={classes.entrance}>
      <div className={classes.box}>
        <Logo size={30} />
        <h1>{title}</h1>
        {hint && <p className={classes.hint}>{hint}</p>}
        {children}
      </div>
    </main>
  );
}
