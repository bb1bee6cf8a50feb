'use client';

import { formatMs, formatNumber, formatPercent } from '@tulle/mesh/format';
import { paths } from '@/paths';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
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
        <span data-narrow-unit=""> /s</span>
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
    cell: (edge) => (edge.traffic.p95 === null ? '–' : formatMs(edge.traffic.p95)),
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

/** The graph as a table, for those who would rather read than look. */
export function GraphList({ view }: { view: GraphView }) {
  return (
    <div className={classes.list}>
      <DataTable
        noun="calls"
        columns={columns}
        rows={view.edges}
        rowKey={(edge) => edge.id}
        rowHref={(edge) => `${paths.topologyEdge(edge.source, edge.destination)}&list=true`}
        searchText={(edge) => `${edge.source} ${edge.destination} ${edge.health} ${tlsWords[edge.mtls]}`}
        defaultSort="-rate"
        empty={
          <EmptyState title="No calls in this window">
            <p>
              {view.nodes.map(({ service }) => service).join(', ')} are here, but none has called another.
            </p>
          </EmptyState>
        }
      />
    </div>
  );
}
