import type { ReactNode } from 'react';
import classes from './shell.module.css';

/** A page with the padding of the look; the topology does without. */
export function Page({ children }: { children: ReactNode }) {
  return <div className={classes.page}>{children}</div>;
}
