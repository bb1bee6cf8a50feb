import type { Metadata } from 'next';
import { SettingsPage } from '@/features/settings/settings-page';
import { type SettingsTab, tabParser } from '@/features/settings/settings-tab';
import { Prefetch } from '@/trpc/prefetch';
import { Page } from '@/ui/shell/page';

export const metadata: Metadata = { title: 'Settings' };

type Queries = Parameters<typeof Prefetch>[0]['queries'];

const queries: Readonly<Record<SettingsTab, Queries>> = {
  people: (trpc) => [trpc.people.list.queryOptions()],
  tokens: (trpc) => [trpc.apiTokens.list.queryOptions()],
  account: (trpc) => [trpc.people.sessions.queryOptions()],
  mesh: (trpc) => [trpc.meshFacts.get.queryOptions()],
};

interface PageProps {
  readonly searchParams: Promise<{ tab?: string | string[] }>;
}

export default async function Settings({ searchParams }: PageProps) {
  const { tab } = await searchParams;
  return (
    <Prefetch queries={queries[tabParser.parseServerSide(tab)]}>
      <Page>
        <SettingsPage />
      </Page>
    </Prefetch>
  );
}
