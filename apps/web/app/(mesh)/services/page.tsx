import type { Metadata } from 'next';
import { ServicesPage } from '@/features/services/services-page';
import { Prefetch } from '@/trpc/prefetch';
import { windowMsFrom } from '@/ui/view-state';

export const metadata: Metadata = { title: 'Services' };

interface PageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Services({ searchParams }: PageProps) {
  const windowMs = await windowMsFrom(searchParams);
  return (
    <Prefetch queries={(trpc) => [trpc.services.list.queryOptions({ windowMs })]}>
      <ServicesPage />
    </Prefetch>
  );
}
