'use client';

import { useQuery } from '@tanstack/react-query';
import { formatCount } from '@tulle/mesh/format';
import { useTRPC } from '@/trpc/client';
import { PageHeader } from '@/ui/page-header';
import { Page } from '@/ui/shell/page';
import { StatusTag } from '@/ui/status-tag';
import { useRefresh, useWindow } from '@/ui/use-view';
import { ServicesTable } from './services-table';

export function ServicesPage() {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const services = useQuery(trpc.services.list.queryOptions({ windowMs }, useRefresh()));
  const count = services.data?.length;
  return (
    <Page>
      <PageHeader
        title="Services"
        beside={count !== undefined && <StatusTag tone="plain">{formatCount(count)}</StatusTag>}
      />
      <ServicesTable rows={services.data} error={services.error} onRetry={() => void services.refetch()} />
    </Page>
  );
}
