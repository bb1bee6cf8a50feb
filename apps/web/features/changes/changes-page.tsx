'use client';

import { Button, Select } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { paths } from '@/paths';
import { useTRPC, useTRPCClient } from '@/trpc/client';
import { DataTable } from '@/ui/data-table/data-table';
import { PageHeader } from '@/ui/page-header';
import { EmptyState } from '@/ui/states';
import { useWindow } from '@/ui/use-view';
import { changeColumns } from './change-columns';
import { changeText } from './change-words';
import classes from './changes-page.module.css';
import { changesPageSize, type FirstChanges } from './first-changes';

/** Every revision of the configuration, the newest first: who, why, what, and who has it. */
export function ChangesPage({ first }: { first?: FirstChanges | undefined }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { windowMs } = useWindow();
  const [service, setService] = useQueryState('service', parseAsString);
  const filter = service === null ? {} : { service };
  const pages = useInfiniteQuery({
    queryKey: [...trpc.changes.list.pathKey(), 'pages', service],
    queryFn: ({ pageParam }) =>
      client.changes.list.query({
        ...filter,
        limit: changesPageSize,
        ...(pageParam !== null && { before: pageParam }),
      }),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    // Rendered on the server; without it the browser asks.
    ...(first?.service === service && { initialData: { pages: [first.page], pageParams: [null] } }),
  });
  const services = useQuery(trpc.services.list.queryOptions({ windowMs }));
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.changes), [pages.data]);
  return (
    <>
      <PageHeader title="Changes" />
      <DataTable
        noun="changes"
        columns={changeColumns}
        rows={rows}
        rowKey={(change) => String(change.revision)}
        rowHref={(change) => paths.change(change.revision)}
        searchText={changeText}
        error={pages.error}
        onRetry={() => void pages.refetch()}
        toolbar={
          <Select
            aria-label="Service"
            placeholder="All services"
            data={serviceNames(services.data, service)}
            value={service}
            onChange={(value) => void setService(value)}
            searchable
            clearable
            w={190}
          />
        }
        empty={
          <EmptyState
            title={service === null ? 'Nothing has been changed yet' : `No changes of ${service} yet`}
          >
            <p>
              Every change to the mesh’s configuration appears here, with who made it, why, and how to undo
              it.
            </p>
          </EmptyState>
        }
      />
      {pages.hasNextPage && (
        <div className={classes.more}>
          <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            Show older
          </Button>
        </div>
      )}
    </>
  );
}

/** The one in the URL may be gone from the mesh; it stays chosen. */
function serviceNames(known: readonly { service: string }[] | undefined, chosen: string | null): string[] {
  const names = new Set((known ?? []).map((each) => each.service));
  if (chosen !== null) names.add(chosen);
  return [...names].sort();
}
