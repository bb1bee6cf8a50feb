'use client';

import { formatMs, formatNumber, formatPercent } from '@tulle/mesh/format';
import { paths } from '@/paths';
import type { RouterOutputs } from '@/trpc/client';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { LinkButton } from '@/ui/link-button';
import { Sparkline } from '@/ui/sparkline';
import { EmptyState } from '@/ui/states';
import { HealthTag } from '@/ui/status-tag';
import { MutualTls } from './mutual-tls';
import { RolloutLink } from './rollout-link';
import classes from './services-table.module.css';
import { trySuccessHint, trySuccessWords } from './tries';
import { VersionsCell } from './versions-cell';

type ServiceRow = RouterOutputs['services']['list'][number];

const healthOrder = { failing: 0, degraded: 1, ok: 2, idle: 3 } as const;
const mtlsOrder = { none: 0, some: 1, unknown: 2, all: 3 } as const;

const columns: readonly Column<ServiceRow>[] = [
  {
    key: 'service',
    header: 'Service',
    width: 'minmax(132px, 2fr)',
    narrow: 'title',
    cell: (row) => row.service,
    sortBy: (row) => row.service,
  },
  {
    key: 'health',
    header: 'Health',
    width: '84px',
    narrow: 'aside',
    cell: (row) => <HealthTag health={row.health} />,
    sortBy: (row) => healthOrder[row.health],
  },
  {
    key: 'versions',
    header: 'Versions',
    width: 'minmax(110px, 1.4fr)',
    narrow: 'hidden',
    cell: (row) => <VersionsCell versions={row.versions} />,
    sortBy: (row) => row.versions.length,
  },
  {
    key: 'rate',
    header: 'Requests/s',
    width: '92px',
    align: 'right',
    cell: (row) => (
      <>
        {formatNumber(row.traffic.rate)}
        <span data-narrow-unit="">{'\u2009/s'}</span>
      </>
    ),
    sortBy: (row) => row.traffic.rate,
    sortFirst: 'descending',
  },
  {
    key: 'trend',
    header: 'Trend',
    width: '96px',
    narrow: 'hidden',
    cell: (row) => (
      <Sparkline
        values={row.sparkline}
        label={`Requests per second over the window, now ${formatNumber(row.sparkline.at(-1) ?? 0)}`}
      />
    ),
  },
  {
    key: 'success',
    header: 'Success',
    width: '72px',
    align: 'right',
    cell: ({ traffic }) => <Success traffic={traffic} />,
    sortBy: (row) => (row.traffic.requests === 0 ? null : row.traffic.successRate),
  },
  {
    key: 'p95',
    header: 'p95',
    width: '76px',
    align: 'right',
    cell: (row) => (
      <>
        {row.traffic.p95 !== null && <span data-narrow-unit="">p95 </span>}
        {row.traffic.p95 === null ? '–' : formatMs(row.traffic.p95)}
      </>
    ),
    sortBy: (row) => row.traffic.p95,
    sortFirst: 'descending',
  },
  {
    key: 'instances',
    header: 'Instances',
    width: '76px',
    align: 'right',
    narrow: 'hidden',
    cell: (row) => row.instances,
    sortBy: (row) => row.instances,
    sortFirst: 'descending',
  },
  {
    key: 'mtls',
    header: 'Mutual TLS',
    width: '88px',
    narrow: 'hidden',
    cell: (row) => <MutualTls state={row.mtls} />,
    sortBy: (row) => mtlsOrder[row.mtls],
  },
  {
    key: 'rollout',
    header: 'Rollout',
    width: 'minmax(160px, 1fr)',
    narrow: 'line',
    interactive: true,
    cell: (row) => <RolloutLink rollout={row.rollout} />,
    sortBy: (row) => row.rollout?.phase,
  },
];

/** As callers see it; below it, that of single tries where retries made a difference. */
function Success({ traffic }: { traffic: ServiceRow['traffic'] }) {
  if (traffic.requests === 0) return '–';
  const ofTries = trySuccessWords(traffic);
  const effective = (
    <>
      {formatPercent(traffic.successRate)}
      <span data-narrow-unit=""> success</span>
    </>
  );
  if (ofTries === null) return effective;
  return (
    <span className={classes.success} title={trySuccessHint}>
      {effective} <span className={classes.tries}>tries {ofTries}</span>
    </span>
  );
}

interface ServicesTableProps {
  readonly rows: readonly ServiceRow[] | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function ServicesTable({ rows, error, onRetry }: ServicesTableProps) {
  return (
    <DataTable
      noun="services"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.service}
      rowHref={(row) => paths.service(row.service)}
      searchText={searchText}
      defaultSort="service"
      error={error}
      onRetry={onRetry}
      empty={
        <EmptyState title="No services in this mesh yet">
          <p>A service started through Tulle appears here with its traffic, versions and instances.</p>
          <LinkButton href={paths.topology()} variant="filled">
            Add the first service
          </LinkButton>
        </EmptyState>
      }
    />
  );
}

function searchText({ service, health, owner, description, protocol, versions }: ServiceRow): string {
  const names = versions.map(({ version }) => version);
  return [service, health, owner, description, protocol, ...names].join(' ');
}
