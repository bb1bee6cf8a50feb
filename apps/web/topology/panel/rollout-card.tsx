import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import { rolloutWords } from '@/features/services/rollout-words';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import classes from './panel.module.css';

interface RolloutCardProps {
  readonly rollout: { readonly id: string; readonly phase: RolloutPhase; readonly summary?: string };
}

/** The running rollout; loud only when it waits for a person or goes wrong. */
export function RolloutCard({ rollout: { id, phase, summary } }: RolloutCardProps) {
  const awaits = phase === 'waiting-approval' || phase === 'waiting-resume' || phase === 'paused';
  const tone = awaits ? 'warn' : phase === 'failed' || phase === 'aborting' ? 'bad' : undefined;
  return (
    <MeshLink href={paths.rollout(id)} look="plain" className={classes.rollout} data-tone={tone}>
      <b>Rollout {rolloutWords[phase]}</b>
      {summary && <span>{summary}</span>}
    </MeshLink>
  );
}
