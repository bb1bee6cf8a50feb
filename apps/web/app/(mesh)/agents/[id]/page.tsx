import type { Metadata } from 'next';
import { AgentPage } from '@/features/agents/agent-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Agent' };

interface PageProps {
  readonly params: Promise<{ id: string }>;
}

export default async function Agent({ params }: PageProps) {
  const id = decodeURIComponent((await params).id);
  return (
    <Prefetch queries={(trpc) => [trpc.agents.list.queryOptions(), trpc.certificates.list.queryOptions()]}>
      <Page>
        <AgentPage id={id} />
      </Page>
    </Prefetch>
  );
}
