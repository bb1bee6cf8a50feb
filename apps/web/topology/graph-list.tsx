'use client';

import { formatMs, formatNumber, formatPercent, listOf } from '@tulle/mesh/format';
import { useMemo } from 'react';
import { paths } from '@/paths';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { SkeletonRows } from '@/ui/data-table/skeleton-rows';
import { EmptyState } from '@/ui/states';
import { HealthTag, StatusTag } from '@/ui/status-tag';
import classes from './graph-list.module.css';
import type { GraphEdge, GraphView } from './graph-view';
import { edgeName } from './selection';

const tlsWords = { all: 'mutual TLS', some: 'in part', none: 'plain text', unknown: '–' } as const;

const columns: readonly Column<GraphEdge>[] = [
  {
    key: 'call',
    header: 'Call',
    width: 'minmax(180px, 2fr)',
    narrow: 'title',
    cell: (edge) => edgeName(edge),
    sortBy: (edge) => edge.id,
  },
  {
    key: 'health',
    header: 'Health',
    width: '84px',
    narrow: 'aside',
    cell: (edge) => <HealthTag health={edge.health} />,
    sortBy: (edge) => edge.health,
  },
  {
    key: 'rate',
    header: 'Requests/s',
    width: '92px',
    align: 'right',
    cell: (edge) => (
      <>
        {formatNumber(edge.traffic.rate)}
        <span data-narrow-unit="">{'\u2009/s'}</span>
      </>
    ),
    sortBy: (edge) => edge.traffic.rate,
    sortFirst: 'descending',
  },
  {
    key: 'errors',
    header: 'Errors',
    width: '80px',
    align: 'right',
    cell: (edge) => (
      <>
        {formatPercent(edge.traffic.errorRate)}
        <span data-narrow-unit=""> errors</span>
      </>
    ),
    sortBy: (edge) => edge.traffic.errorRate,
    sortFirst: 'descending',
  },
  {
    key: 'p95',
    header: 'p95',
    width: '84px',
    align: 'right',
    cell: (edge) => (
      <>
        <span data-narrow-unit="">p95 </span>
        {edge.traffic.p95 === null ? '–' : formatMs(edge.traffic.p95)}
      </>
    ),
    sortBy: (edge) => edge.traffic.p95,
    sortFirst: 'descending',
  },
  {
    key: 'security',
    header: 'Security',
    width: '100px',
    cell: (edge) => (
      <StatusTag tone={edge.mtls === 'all' || edge.mtls === 'unknown' ? 'plain' : 'warn'}>
        {tlsWords[edge.mtls]}
      </StatusTag>
    ),
    sortBy: (edge) => edge.mtls,
  },
];

interface GraphListProps {
  readonly view: GraphView;
  /** Ids asked for in the find box; undefined when nothing is asked. */
  readonly found: ReadonlySet<string> | undefined;
}

/** The graph as a table, for those who would rather read than look. */
export function GraphList({ view, found }: GraphListProps) {
  const rows = useMemo(
    () => (found === undefined ? view.edges : view.edges.filter(({ id }) => found.has(id))),
    [view.edges, found],
  );
  return (
    <div className={classes.list}>
      <DataTable
        noun="calls"
        columns={columns}
        rows={rows}
        rowKey={(edge) => edge.id}
        rowHref={(edge) => `${paths.topologyEdge(edge.source, edge.destination)}&list=true`}
        defaultSort="-rate"
        empty={
          view.edges.length > 0 ? (
            <EmptyState title="No call is like that">
              <p>Find looks at names, health, and figures such as error &gt; 1% or p95 &gt; 200.</p>
            </EmptyState>
          ) : (
            <EmptyState title="No calls in this window">
              <p>
                {listOf(
                  view.nodes.map(({ service }) => service),
                  5,
                )}{' '}
                {view.nodes.length === 1
                  ? 'is here, but has called nobody.'
                  : 'are here, but none has called another.'}
              </p>
            </EmptyState>
          )
        }
      />
    </div>
  );
}

/** The table's true shape while the graph is on its way. */
export function GraphListSkeleton() {
  return (
    <div className={classes.list}>
      <SkeletonRows columns={columns} noun="calls" />
    </div>
  );
}
