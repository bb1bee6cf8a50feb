import type { Metadata } from 'next';
import { RolloutPage } from '@/features/rollouts/rollout-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Rollout' };

interface PageProps {
  readonly params: Promise<{ id: string }>;
}

export default async function Rollout({ params }: PageProps) {
  const id = decodeURIComponent((await params).id);
  return (
    <Prefetch queries={(trpc) => [trpc.rollouts.get.queryOptions({ id })]}>
      <Page>
        <RolloutPage id={id} />
      </Page>
    </Prefetch>
  );
}
