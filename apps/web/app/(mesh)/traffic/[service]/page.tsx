import type { Metadata } from 'next';
import { observedMs } from '@/features/traffic-splits/observed-window';
import { TrafficSplitPage } from '@/features/traffic-splits/traffic-split-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';
import { windowMsFrom } from '@/ui/view-state';

interface PageProps {
  readonly params: Promise<{ service: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: `Traffic of ${decodeURIComponent((await params).service)}` };
}

export default async function Traffic({ params, searchParams }: PageProps) {
  const service = decodeURIComponent((await params).service);
  const windowMs = await windowMsFrom(searchParams);
  return (
    <Prefetch
      queries={(trpc) => [
        trpc.trafficSplits.get.queryOptions({ service, windowMs: observedMs }),
        trpc.metrics.series.queryOptions({ destination: service, windowMs, by: 'version' }),
      ]}
    >
      <Page>
        <TrafficSplitPage service={service} />
      </Page>
    </Prefetch>
  );
}
