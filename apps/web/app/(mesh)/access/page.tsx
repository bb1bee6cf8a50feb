import type { Metadata } from 'next';
import { AccessPage } from '@/features/access/access-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';
import { windowMsFrom } from '@/ui/view-state';

export const metadata: Metadata = { title: 'Access' };

interface PageProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Access({ searchParams }: PageProps) {
  const windowMs = await windowMsFrom(searchParams);
  return (
    <Prefetch queries={(trpc) => [trpc.access.list.queryOptions({ windowMs })]}>
      <Page>
        <AccessPage />
      </Page>
    </Prefetch>
  );
}
