import type { Metadata } from 'next';
import { ServicePage } from '@/features/services/service-page';
import { Prefetch } from '@/trpc/prefetch';
import { windowMsFrom } from '@/ui/view-state';

interface PageProps {
  readonly params: Promise<{ service: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { service } = await params;
  return { title: decodeURIComponent(service) };
}

export default async function Service({ params, searchParams }: PageProps) {
  const service = decodeURIComponent((await params).service);
  const windowMs = await windowMsFrom(searchParams);
  return (
    <Prefetch
      queries={(trpc) => [
        trpc.services.get.queryOptions({ windowMs, service }),
        trpc.metrics.series.queryOptions({ windowMs, by: 'version', destination: service }),
        trpc.metrics.series.queryOptions({ windowMs, by: 'total', destination: service }),
        trpc.changes.list.queryOptions({ service, limit: 10 }),
      ]}
    >
      <ServicePage service={service} />
    </Prefetch>
  );
}
