import { describePhase } from '@tulle/mesh/rollout/describe';
import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import { phaseTone } from '@/features/rollouts/phase-tone';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import { StatusTag } from '@/ui/status-tag';

/** The running rollout of a service, when there is one. */
export function RolloutLink({ rollout }: { rollout: { id: string; phase: RolloutPhase } | null }) {
  if (rollout === null) return null;
  return (
    <MeshLink href={paths.rollout(rollout.id)} look="plain">
      <StatusTag tone={phaseTone[rollout.phase]}>{describePhase(rollout.phase)}</StatusTag>
    </MeshLink>
  );
}
