import { everyone } from '@tulle/mesh/access-rule';
import type { Metadata } from 'next';
import { AccessRulePage } from '@/features/access/access-rule-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';
import { windowMsFrom } from '@/ui/view-state';

interface PageProps {
  readonly params: Promise<{ service: string }>;
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const service = decodeURIComponent((await params).service);
  return { title: service === everyone ? 'Default access' : `Access to ${service}` };
}

export default async function Access({ params, searchParams }: PageProps) {
  const service = decodeURIComponent((await params).service);
  const windowMs = await windowMsFrom(searchParams);
  return (
    <Prefetch queries={(trpc) => [trpc.access.get.queryOptions({ service, windowMs })]}>
      <Page>
        <AccessRulePage service={service} />
      </Page>
    </Prefetch>
  );
}
