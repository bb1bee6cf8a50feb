import type { RolloutPhase } from '@tulle/mesh/rollout/spec';
import { paths } from '@/paths';
import { MeshLink } from '@/ui/mesh-link';
import { rolloutWords } from './rollout-words';

/** The running rollout of a service, when there is one. */
export function RolloutLink({ rollout }: { rollout: { id: string; phase: RolloutPhase } | null }) {
  if (rollout === null) return null;
  return <MeshLink href={paths.rollout(rollout.id)}>{rolloutWords[rollout.phase]}</MeshLink>;
}
