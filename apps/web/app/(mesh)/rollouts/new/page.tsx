import type { Metadata } from 'next';
import { NewRolloutPage } from '@/features/rollouts/new-rollout-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';
import { windowMsFrom } from '@/ui/view-state';

export const metadata: Metadata = { title: 'New rollout' };

interface PageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function NewRollout({ searchParams }: PageProps) {
  const windowMs = await windowMsFrom(searchParams);
  return (
    <Prefetch queries={(trpc) => [trpc.services.list.queryOptions({ windowMs })]}>
      <Page>
        <NewRolloutPage />
      </Page>
    </Prefetch>
  );
}
