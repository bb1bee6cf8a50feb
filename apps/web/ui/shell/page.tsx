'use client';

import type { ReactNode } from 'react';
import { useMounted } from '../clock';
import classes from './shell.module.css';

/**
 * A page with the padding of the look; the topology does without. Until `data-listens` says true it is text alone: React may
 * put it in place anew, and what is pressed meanwhile may be lost.
 */
export function Page({ children }: { children: ReactNode }) {
  return (
    <div className={classes.page} data-listens={useMounted()}>
      {children}
    </div>
  );
}
