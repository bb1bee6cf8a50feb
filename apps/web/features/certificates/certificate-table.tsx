'use client';

import { ActionIcon, Menu, Select } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs';
import { useMemo } from 'react';
import { paths } from '@/paths';
import { BlockableButton } from '@/ui/blockable-button';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { LinkButton } from '@/ui/link-button';
import { EmptyState } from '@/ui/states';
import { usePermission } from '@/ui/use-permission';
import { certificateColumns } from './certificate-columns';
import classes from './certificate-columns.module.css';
import type { Certificate } from './revoke-words';
import type { Renewals } from './use-renewals';

const states = ['valid', 'renewing', 'expiring', 'expired', 'revoked'] as const;

/** The newest certificate of every instance; the next to expire first. */
export function CertificateTable({
  rows,
  error,
  onRetry,
  renewals,
}: {
  rows: readonly Certificate[] | undefined;
  error: unknown;
  onRetry: () => void;
  renewals: Renewals;
}) {
  const [state, setState] = useQueryState('state', parseAsStringLiteral(states));
  const [, setPem] = useQueryState('pem', parseAsString);
  const [, setRevoke] = useQueryState('revoke', parseAsString);
  const permission = usePermission();
  const shown = useMemo(
    () => (state === null ? rows : rows?.filter((row) => row.state === state)),
    [rows, state],
  );
  const actions: Column<Certificate> = {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    width: '106px',
    align: 'right',
    narrow: 'aside',
    interactive: true,
    cell: (row) => (
      <span className={classes.actions}>
        <BlockableButton
          variant="subtle"
          color="neutral"
          size="compact-xs"
          aria-label={`Renew the certificate of ${row.instance}`}
          blocked={permission('editor') ?? renewBlocked(row)}
          loading={renewals.isPending(row.agentId)}
          onClick={() => renewals.renew(row)}
        >
          Renew
        </BlockableButton>
        <Menu>
          <Menu.Target>
            <ActionIcon size={26} aria-label={`More for ${row.instance}`}>
              <IconDots size={16} stroke={1.6} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void setPem(row.serial)}>Show PEM</Menu.Item>
            {row.state !== 'revoked' && permission('admin') === null && (
              <Menu.Item color="bad" onClick={() => void setRevoke(row.agentId)}>
                Revoke…
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </span>
    ),
  };
  return (
    <DataTable
      noun="certificates"
      columns={[...certificateColumns, actions]}
      rows={shown}
      rowKey={(row) => row.agentId}
      searchText={(row) => `${row.service} ${row.instance} ${row.spiffeId} ${row.serial} ${row.state}`}
      defaultSort="expires"
      error={error}
      onRetry={onRetry}
      toolbar={
        <Select
          aria-label="State"
          placeholder="All states"
          data={[...states]}
          value={state}
          onChange={(value) => void setState(states.find((each) => each === value) ?? null)}
          clearable
          w={150}
        />
      }
      empty={
        state !== null ? (
          <EmptyState title={`No certificate is ${state}`} />
        ) : (
          <EmptyState title="No certificates yet">
            <p>Every instance gets its own when its agent joins the mesh with a token.</p>
            <LinkButton href={paths.joinTokens()} variant="filled">
              Create a join token
            </LinkButton>
          </EmptyState>
        )
      }
    />
  );
}

function renewBlocked(row: Certificate): string | null {
  if (row.state === 'revoked') return 'Revoked: the instance can come back only with a new join token.';
  return row.connected ? null : 'The agent is not connected, so nothing can be asked of it.';
}
