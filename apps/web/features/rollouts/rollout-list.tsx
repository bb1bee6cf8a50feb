'use client';

import { useQuery } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { formatPercent } from '@tulle/mesh/format';
import { describePhase } from '@tulle/mesh/rollout/describe';
import { useMemo } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { LinkButton } from '@/ui/link-button';
import { PageHeader } from '@/ui/page-header';
import { EmptyState } from '@/ui/states';
import { StatusTag } from '@/ui/status-tag';
import { RelativeTime } from '@/ui/time';
import { useRefresh } from '@/ui/use-view';
import { isActive, phaseTone } from './phase-tone';
import classes from './rollout-list.module.css';

type Row = RouterOutputs['rollouts']['list'][number];

const columns: readonly Column<Row>[] = [
  {
    key: 'rollout',
    header: 'Rollout',
    cell: (row) => `${row.service} ${row.stable} → ${row.candidate}`,
    width: 'minmax(160px, 2fr)',
    sortBy: (row) => row.service,
    narrow: 'title',
  },
  {
    key: 'phase',
    header: 'State',
    cell: (row) => <StatusTag tone={phaseTone[row.phase]}>{describePhase(row.phase)}</StatusTag>,
    width: '170px',
    sortBy: (row) => row.phase,
    narrow: 'aside',
  },
  {
    key: 'step',
    header: 'Step',
    cell: (row) => <Step row={row} />,
    width: 'minmax(160px, 2fr)',
  },
  {
    key: 'weight',
    header: 'Set',
    cell: (row) => formatPercent(row.setWeight),
    width: '72px',
    align: 'right',
    sortBy: (row) => row.setWeight,
    sortFirst: 'descending',
  },
  {
    key: 'observed',
    header: 'Observed',
    cell: (row) => (isActive(row.phase) ? formatPercent(row.observed) : '–'),
    width: '88px',
    align: 'right',
    narrow: 'hidden',
  },
  {
    key: 'started',
    header: 'Started',
    cell: (row) => (
      <span className={classes.dim}>
        <RelativeTime at={row.startedAt} /> by {row.startedBy}
      </span>
    ),
    width: 'minmax(150px, 1.4fr)',
    sortBy: (row) => row.startedAt,
    sortFirst: 'descending',
  },
];

/** Every rollout: those that wait for a person first, then those under way, then the past. */
export function RolloutList() {
  const trpc = useTRPC();
  const rollouts = useQuery(trpc.rollouts.list.queryOptions({}, useRefresh()));
  const rows = useMemo(() => rollouts.data && inOrderOfNeed(rollouts.data), [rollouts.data]);
  return (
    <>
      <PageHeader
        title="Rollouts"
        actions={
          <LinkButton href={paths.newRollout()} variant="filled">
            New rollout
          </LinkButton>
        }
      />
      <DataTable
        noun="rollouts"
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        rowHref={(row) => paths.rollout(row.id)}
        searchText={(row) =>
          `${row.service} ${row.stable} ${row.candidate} ${describePhase(row.phase)} ${row.startedBy}`
        }
        error={rollouts.error}
        onRetry={() => void rollouts.refetch()}
        empty={
          <EmptyState title="No rollouts yet">
            <p>
              A rollout gives a new version its traffic in steps, looks at how it does, asks people for their
              approval, and goes back by itself if it does badly.
            </p>
            <LinkButton href={paths.newRollout()} variant="filled">
              New rollout
            </LinkButton>
          </EmptyState>
        }
      />
    </>
  );
}

function Step({ row }: { row: Row }) {
  if (!isActive(row.phase)) return <span className={classes.dim}>{row.stepText}</span>;
  return (
    <>
      {row.stepText}{' '}
      <span className={classes.dim}>
        {row.frozen === '' ? `step ${Math.min(row.stepIndex + 1, row.steps)} of ${row.steps}` : row.frozen}
      </span>
    </>
  );
}

function inOrderOfNeed(rows: readonly Row[]): Row[] {
  const need = (row: Row) => (row.needsPerson ? 2 : isActive(row.phase) ? 1 : 0);
  return [...rows].sort((a, b) => need(b) - need(a) || b.startedAt - a.startedAt);
}
