'use client';

import { countOf, formatRelative } from '@tulle/mesh/format';
import { paths } from '@/paths';
import { Card } from '@/ui/card';
import { useNow } from '@/ui/clock';
import { MeshLink } from '@/ui/mesh-link';
import { MonoId } from '@/ui/mono-id';
import { StatusTag } from '@/ui/status-tag';
import { type Standing, standingOutlook, standingWords } from './instance-words';
import classes from './standings.module.css';

/** Which instances callers do not use as the others, why, and until when; nothing when they use all alike. */
export function Standings({ standings }: { standings: readonly Standing[] }) {
  const now = useNow();
  if (standings.length === 0) return null;
  return (
    <Card title="As callers see them">
      <ul className={classes.list} aria-label="As callers see them">
        {standings.map((standing) => {
          const { endpoint, caller, agents, state, reason } = standing;
          const { tone, word } = standingWords(state);
          return (
            <li key={`${endpoint} ${caller} ${state}`}>
              <span className={classes.endpoint}>
                <MonoId id={endpoint} label="instance" />
              </span>
              <span>
                <StatusTag tone={tone}>{word}</StatusTag>
              </span>
              <span className={classes.why}>
                {state === 'warming' ? 'for' : 'by'}{' '}
                <MeshLink href={paths.service(caller)} look="plain" className={classes.caller}>
                  {caller}
                </MeshLink>
                {agents > 1 && `, ${countOf(agents, 'agent')}`}
                {reason !== '' && `: ${reason}`}
              </span>
              <span className={classes.outlook}>
                {standingOutlook(standing, (at) => formatRelative(at, now), now)}
              </span>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
