'use client';

import { formatAge } from '@tulle/mesh/format';
import { useEffect, useState } from 'react';
import { useConnection } from '@/trpc/connection';
import { useNow } from '../clock';
import { useGo } from '../url-state';
import classes from './shell.module.css';

/** A calm line on top while the server does not answer; everything below stays readable. */
export function ConnectionLine() {
  const { lost, freshAt } = useConnection();
  const asked = useHeldLink(lost);
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <div className={classes.lost}>
          Connection lost, trying again. <Age since={freshAt} />
          {asked !== undefined && ` ${asked.name} opens when the server answers.`}
        </div>
      )}
    </div>
  );
}

/**
 * The page asked for while there is no server to come from: to leave now would be to lose this one, for the browser
 * shows its own error instead. It opens once the server answers.
 */
function useHeldLink(lost: boolean): { readonly name: string; readonly href: string } | undefined {
  const go = useGo();
  const [held, setHeld] = useState<{ name: string; href: string }>();
  useEffect(() => {
    if (!lost) return;
    function hold(event: MouseEvent) {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (link === null || link.origin !== window.location.origin || link.hash !== '') return;
      event.preventDefault();
      event.stopPropagation();
      const name = link.textContent.trim() || 'The page';
      setHeld({ name, href: `${link.pathname}${link.search}` });
    }
    // Before the link itself hears of it.
    document.addEventListener('click', hold, true);
    return () => document.removeEventListener('click', hold, true);
  }, [lost]);
  useEffect(() => {
    if (lost || held === undefined) return;
    setHeld(undefined);
    go(held.href);
  }, [lost, held, go]);
  return held;
}

function Age({ since }: { since: number }) {
  const now = useNow();
  // The age ticks for eyes only; read out every second it would be noise.
  return <span aria-hidden="true">What you see is {formatAge(now - since)} old.</span>;
}
