import type { Metadata } from 'next';
import { TrafficSplitList } from '@/features/traffic-splits/traffic-split-list';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';
import { windowMsFrom } from '@/ui/view-state';

export const metadata: Metadata = { title: 'Traffic' };

interface PageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Traffic({ searchParams }: PageProps) {
  const windowMs = await windowMsFrom(searchParams);
  return (
    <Prefetch queries={(trpc) => [trpc.trafficSplits.list.queryOptions({ windowMs })]}>
      <Page>
        <TrafficSplitList />
      </Page>
    </Prefetch>
  );
}
