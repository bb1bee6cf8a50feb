'use client';

import { formatBytes, formatCount } from '@tulle/mesh/format';
import { paths } from '@/paths';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { VersionName } from '@/ui/split-bar';
import { EmptyState } from '@/ui/states';
import { RelativeTime } from '@/ui/time';
import { InstanceState } from './instance-state';
import { type Instance, instanceWords, type Standing } from './instance-words';
import classes from './services.module.css';

function columnsFor(
  versions: readonly string[],
  standings: ReadonlyMap<string, readonly Standing[]>,
): readonly Column<Instance>[] {
  const standingsOf = ({ instance }: Instance) => standings.get(instance) ?? [];
  return [
    {
      key: 'instance',
      header: 'Instance',
      width: 'minmax(150px, 2fr)',
      narrow: 'title',
      cell: ({ instance }) => <span className={classes.mono}>{instance}</span>,
      sortBy: ({ instance }) => instance,
    },
    {
      key: 'state',
      header: 'State',
      width: 'minmax(96px, 1fr)',
      narrow: 'aside',
      interactive: true,
      cell: (instance) => <InstanceState instance={instance} standings={standingsOf(instance)} />,
      sortBy: (instance) => instanceWords(instance, standingsOf(instance)).word,
    },
    {
      key: 'version',
      header: 'Version',
      width: 'minmax(80px, 1fr)',
      cell: ({ version }) => <VersionName versions={versions} version={version} />,
      sortBy: ({ version }) => version,
    },
    {
      key: 'host',
      header: 'Host',
      width: 'minmax(110px, 1.4fr)',
      cell: ({ host }) => host,
      sortBy: ({ host }) => host,
    },
    {
      key: 'address',
      header: 'Mesh address',
      width: 'minmax(120px, 1.2fr)',
      narrow: 'hidden',
      cell: ({ address, draining, leftAt }) =>
        address ?? (draining || leftAt !== null ? '–' : 'only calls others'),
      sortBy: ({ address }) => address,
    },
    {
      key: 'revision',
      header: 'Revision',
      width: '68px',
      align: 'right',
      narrow: 'hidden',
      cell: ({ config }) => config.revision,
      sortBy: ({ config }) => config.revision,
    },
    {
      key: 'requests',
      header: 'In flight',
      width: '68px',
      align: 'right',
      narrow: 'hidden',
      cell: ({ activeRequests }) => (activeRequests === null ? '–' : formatCount(activeRequests)),
      sortBy: ({ activeRequests }) => activeRequests,
    },
    {
      key: 'memory',
      header: 'Memory',
      width: '72px',
      align: 'right',
      narrow: 'hidden',
      cell: ({ rssBytes }) => (rssBytes === null ? '–' : formatBytes(rssBytes)),
      sortBy: ({ rssBytes }) => rssBytes,
    },
    {
      key: 'started',
      header: 'Started',
      width: '92px',
      align: 'right',
      cell: ({ startedAt }) => <RelativeTime at={startedAt} />,
      sortBy: ({ startedAt }) => -startedAt,
    },
  ];
}

interface InstancesTableProps {
  readonly instances: readonly Instance[];
  readonly versions: readonly string[];
  readonly standings: readonly Standing[];
  /** It has endpoints that were declared, and no agent. */
  readonly isExternal: boolean;
}

export function InstancesTable({ instances, versions, standings, isExternal }: InstancesTableProps) {
  return (
    <DataTable
      id="instances"
      noun="instances"
      columns={columnsFor(
        versions,
        Map.groupBy(standings, ({ endpoint }) => endpoint),
      )}
      rows={instances}
      rowKey={({ id }) => id}
      rowHref={({ id }) => paths.agent(id)}
      defaultSort="instance"
      {...(instances.length > 8 && {
        searchText: ({ instance, host, version }: Instance) => `${instance} ${host} ${version}`,
      })}
      empty={
        isExternal ? (
          <EmptyState title="It runs outside the mesh">
            <p>Callers reach it at the endpoints of its declaration; no agent stands beside it.</p>
          </EmptyState>
        ) : (
          <EmptyState title="No instance runs now">
            <p>
              Calls to this service fail until one starts with{' '}
              <code className={classes.command}>tulle run</code>.
            </p>
          </EmptyState>
        )
      }
    />
  );
}
