import type { RouterOutputs } from '@tulle/api/router-types';
import { describePhase } from '@tulle/mesh/rollout/describe';
import { paths } from '@/paths';
import { Card } from '@/ui/card';
import { MeshLink } from '@/ui/mesh-link';

type Owner = NonNullable<RouterOutputs['trafficSplits']['get']['rollout']>;

/** Why the split cannot be edited by hand, and where it is decided instead. */
export function OwnedNotice({ rollout }: { rollout: Owner }) {
  return (
    <Card tone="warn" title="A rollout owns this split">
      Its weights move with the steps of the rollout, which is now:{' '}
      {describePhase(rollout.phase).toLowerCase()}. To edit by hand, end it first.{' '}
      <MeshLink href={paths.rollout(rollout.id)}>Open the rollout</MeshLink>
    </Card>
  );
}
