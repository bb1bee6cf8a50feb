'use client';

import { useQuery } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { everyone } from '@tulle/mesh/access-rule';
import { useMemo } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { Card } from '@/ui/card';
import { DataTable } from '@/ui/data-table/data-table';
import { LinkButton } from '@/ui/link-button';
import { PageHeader } from '@/ui/page-header';
import { BoneLines, EmptyState } from '@/ui/states';
import { useRefresh, useWindow } from '@/ui/use-view';
import { accessColumns } from './access-columns';
import classes from './access-page.module.css';
import { defaultSentence } from './access-words';
import { LastChange } from './last-change';

type Overview = RouterOutputs['access']['list'];

/** Who may call which service, who does, and who is refused. */
export function AccessPage() {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const access = useQuery(trpc.access.list.queryOptions({ windowMs }, useRefresh()));
  const byDefault = access.data?.byDefault?.allow;
  const columns = useMemo(() => accessColumns(byDefault ?? null), [byDefault]);
  return (
    <>
      <PageHeader title="Access" />
      {(access.data !== undefined || access.error === null) && <DefaultCard overview={access.data} />}
      <DataTable
        noun="services"
        columns={columns}
        rows={access.data?.services}
        rowKey={(row) => row.service}
        rowHref={(row) => paths.accessRule(row.service)}
        searchText={(row) =>
          [row.service, ...(row.rule?.allow ?? []), ...row.callers.map(({ caller }) => caller)].join(' ')
        }
        error={access.error}
        onRetry={() => void access.refetch()}
        empty={
          <EmptyState title="No services yet">
            <p>Each service of the mesh stands here, with who may call it and who does.</p>
            <LinkButton href={paths.joinTokens()} variant="filled">
              Create a join token
            </LinkButton>
          </EmptyState>
        }
      />
    </>
  );
}

function DefaultCard({ overview }: { overview: Overview | undefined }) {
  return (
    <div className={classes.default}>
      <Card title="Default of the mesh">
        <div className={classes.row}>
          <div className={classes.words}>
            {overview === undefined ? (
              <BoneLines widths={['min(420px, 90%)']} />
            ) : (
              <>
                {defaultSentence(overview.byDefault?.allow ?? null)}{' '}
                {overview.byDefault !== null && <LastChange changed={overview.byDefault.changed} />}
              </>
            )}
          </div>
          <LinkButton href={paths.accessRule(everyone)}>Change default</LinkButton>
        </div>
      </Card>
    </div>
  );
}
