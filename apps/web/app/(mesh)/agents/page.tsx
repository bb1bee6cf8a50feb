import type { Metadata } from 'next';
import { AgentsPage } from '@/features/agents/agents-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Agents' };

export default function Agents() {
  return (
    <Prefetch queries={(trpc) => [trpc.agents.list.queryOptions()]}>
      <Page>
        <AgentsPage />
      </Page>
    </Prefetch>
  );
}
