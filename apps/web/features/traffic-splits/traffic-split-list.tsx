'use client';

import { useQuery } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { formatPercent, formatRate } from '@tulle/mesh/format';
import { useMemo } from 'react';
import { RolloutLink } from '@/features/services/rollout-link';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { PageHeader } from '@/ui/page-header';
import { Quote } from '@/ui/quote';
import { SplitBar } from '@/ui/split-bar';
import { EmptyState } from '@/ui/states';
import { RelativeTime } from '@/ui/time';
import { useRefresh, useWindow } from '@/ui/use-view';
import classes from './traffic-split-list.module.css';

type Row = RouterOutputs['trafficSplits']['list'][number];

const columns: readonly Column<Row>[] = [
  {
    key: 'service',
    header: 'Service',
    cell: (row) => row.service,
    width: 'minmax(120px, 1.1fr)',
    sortBy: (row) => row.service,
    narrow: 'title',
  },
  {
    key: 'split',
    header: 'Split',
    cell: (row) => <SetAndObserved row={row} />,
    width: 'minmax(120px, 1fr)',
  },
  {
    key: 'versions',
    header: 'Versions, set and observed',
    cell: (row) => <Versions row={row} />,
    width: 'minmax(190px, 2fr)',
    narrow: 'hidden',
  },
  {
    key: 'rate',
    header: 'Rate',
    cell: (row) => formatRate(row.rate),
    width: '88px',
    align: 'right',
    sortBy: (row) => row.rate,
    sortFirst: 'descending',
    narrow: 'aside',
  },
  {
    key: 'changed',
    header: 'Last change',
    cell: (row) => <LastChange row={row} />,
    width: 'minmax(160px, 1.8fr)',
    sortBy: (row) => row.changed?.at ?? null,
    sortFirst: 'descending',
  },
  {
    key: 'rollout',
    header: 'Rollout',
    cell: (row) => <RolloutLink rollout={row.rollout} />,
    width: '160px',
    interactive: true,
  },
];

/** Every service: what was set, what the wire says, and who set it. Those with something to split come first. */
export function TrafficSplitList() {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  const splits = useQuery(trpc.trafficSplits.list.queryOptions({ windowMs }, useRefresh()));
  const rows = useMemo(() => splits.data && splittableFirst(splits.data), [splits.data]);
  return (
    <>
      <PageHeader title="Traffic" />
      <DataTable
        noun="traffic splits"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.service}
        rowHref={(row) => paths.trafficSplit(row.service)}
        searchText={(row) => `${row.service} ${row.versions.map(({ version }) => version).join(' ')}`}
        error={splits.error}
        onRetry={() => void splits.refetch()}
        empty={
          <EmptyState title="Nothing to split yet">
            <p>
              A service appears here once it has instances of two versions: start one beside the first with{' '}
              <code className={classes.flag}>--service-version v2</code>.
            </p>
          </EmptyState>
        }
      />
    </>
  );
}

function splittableFirst(rows: readonly Row[]): Row[] {
  const splittable = (row: Row) => (row.versions.length > 1 ? 1 : 0);
  return [...rows].sort((a, b) => splittable(b) - splittable(a) || a.service.localeCompare(b.service));
}

function SetAndObserved({ row }: { row: Row }) {
  const versions = row.versions.map(({ version }) => version);
  const isSet = row.versions.some(({ weight }) => weight !== null);
  return (
    <span className={classes.pair}>
      {isSet && (
        <SplitBar
          size="mini"
          label="Set"
          shares={row.versions.map(({ version, weight }) => ({ version, share: weight ?? 0 }))}
        />
      )}
      <SplitBar
        size="mini"
        label="Observed"
        versions={versions}
        shares={row.versions.map(({ version, observed }) => ({ version, share: observed }))}
      />
    </span>
  );
}

function Versions({ row }: { row: Row }) {
  return row.versions.map(({ version, weight, observed }, index) => (
    <span key={version}>
      {index > 0 && <span className={classes.dim}> · </span>}
      {version} {weight === null ? '' : formatPercent(weight)}{' '}
      <span className={classes.dim}>{formatPercent(observed)}</span>
    </span>
  ));
}

function LastChange({ row: { changed } }: { row: Row }) {
  if (changed === null) return <span className={classes.dim}>never set</span>;
  return (
    <span className={classes.dim}>
      <RelativeTime at={changed.at} /> by {changed.author}{' '}
      {changed.reason !== '' && <Quote>{changed.reason}</Quote>}
    </span>
  );
}
