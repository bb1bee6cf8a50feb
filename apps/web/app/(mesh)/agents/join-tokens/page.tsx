import type { Metadata } from 'next';
import { JoinTokensPage } from '@/features/join-tokens/join-tokens-page';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Join tokens' };

export default function JoinTokens() {
  return (
    <Prefetch queries={(trpc) => [trpc.joinTokens.list.queryOptions()]}>
      <Page>
        <JoinTokensPage />
      </Page>
    </Prefetch>
  );
}
