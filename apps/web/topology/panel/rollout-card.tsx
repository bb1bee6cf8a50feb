'use client';

import { useQuery } from '@tanstack/react-query';
import type { RolloutPhase } from '@tulle/mesh/rollout/spec';

import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { MeshLink } from '@/ui/mesh-link';
import { useRefresh } from '@/ui/use-view';
import classes from './panel.module.css';
import { rolloutWords } from './rollout-words';

interface RolloutCardProps {
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase };
}

/** The running rollout; loud only when it waits for a person or goes wrong. */
export function RolloutCard({ rollout: { id, phase } }: RolloutCardProps) {
  const trpc = useTRPC();
  // The navigation asks for the same list, so this costs nothing.
  const running = useQuery(trpc.rollouts.list.queryOptions({ active: true }, useRefresh(30_000)));
  const row = running.data?.find((each) => each.id === id);
  const awaits = phase === 'waiting-approval' || phase === 'waiting-resume' || phase === 'paused';
  const tone = awaits ? 'warn' : phase === 'failed' || phase === 'aborting' ? 'bad' : undefined;
  const text =
    row &&
    [`Step ${Math.min(row.stepIndex + 1, row.steps)} of ${row.steps}`, row.stepText, row.frozen]
      .filter((part) => part !== '')
      .join(' · ');
  return (
    <MeshLink href={paths.rollout(id)} look="plain" className={classes.rollout} data-tone={tone}>
      <b>
        {row ? `Canary ${row.candidate}` : 'Rollout'} {rolloutWords[phase]}
      </b>
      <span>{text ?? '\u00a0'}</span>
    </MeshLink>
  );
}
