import type { Metadata } from 'next';
import { RolloutList } from '@/features/rollouts/rollout-list';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Rollouts' };

export default function Rollouts() {
  return (
    <Prefetch queries={(trpc) => [trpc.rollouts.list.queryOptions({})]}>
      <Page>
        <RolloutList />
      </Page>
    </Prefetch>
  );
}
