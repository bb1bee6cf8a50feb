'use client';

import { formatAge } from '@tulle/mesh/format';
import { useConnection } from '@/trpc/connection';
import { useNow } from '../clock';
import classes from './shell.module.css';

/** A calm line on top while the server does not answer; everything below stays readable. */
export function ConnectionLine() {
  const { lost, freshAt } = useConnection();
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <div className={classes.lost}>
          Connection lost, trying again. <Age since={freshAt} />
        </div>
      )}
    </div>
  );
}

function Age({ since }: { since: number }) {
  const now = useNow();
  // The age ticks for eyes only; read out every second it would be noise.
  return <span aria-hidden="true">What you see is {formatAge(now - since)} old.</span>;
}
