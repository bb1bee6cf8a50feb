import type { Metadata } from 'next';
import { ChangesPage } from '@/features/changes/changes-page';
import { changesPageSize, type FirstChanges } from '@/features/changes/first-changes';
import { loopbackClient } from '@/trpc/loopback';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Changes' };

interface PageProps {
  readonly searchParams: Promise<{ service?: string | string[] }>;
}

export default async function Changes({ searchParams }: PageProps) {
  const { service } = await searchParams;
  return (
    <Page>
      <ChangesPage first={await firstChanges(typeof service === 'string' ? service : null)} />
    </Page>
  );
}

/** Pages that grow cannot be prefetched as others are; without an answer the browser asks, and says why there is none. */
async function firstChanges(service: string | null): Promise<FirstChanges | undefined> {
  try {
    const client = await loopbackClient();
    const page = await client.changes.list.query({
      limit: changesPageSize,
      ...(service !== null && { service }),
    });
    return { service, page };
  } catch {
    return undefined;
  }
}
