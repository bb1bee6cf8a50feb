import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ChangePage } from '@/features/changes/change-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';

interface PageProps {
  readonly params: Promise<{ revision: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: `Revision ${(await params).revision}` };
}

export default async function Change({ params }: PageProps) {
  const text = (await params).revision;
  if (!/^[1-9]\d{0,9}$/.test(text)) notFound();
  const revision = Number(text);
  return (
    <Prefetch queries={(trpc) => [trpc.changes.get.queryOptions({ revision })]}>
      <Page>
        <ChangePage revision={revision} />
      </Page>
    </Prefetch>
  );
}
