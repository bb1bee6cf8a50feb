'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { useState } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { BlockableButton } from '@/ui/blockable-button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { MeshLink } from '@/ui/mesh-link';
import { PageHeader } from '@/ui/page-header';
import { EmptyState } from '@/ui/states';
import { StatusTag, type Tone } from '@/ui/status-tag';
import { RelativeTime } from '@/ui/time';
import { usePermission } from '@/ui/use-permission';
import { useRefresh } from '@/ui/use-view';
import { CreateTokenDialog } from './create-token-dialog';
import classes from './join-tokens.module.css';

type Token = RouterOutputs['joinTokens']['list'][number];

const stateTones: Readonly<Record<Token['state'], Tone>> = {
  unused: 'accent',
  used: 'plain',
  expired: 'plain',
  revoked: 'quiet',
};

/** Tokens that let new instances into the mesh, each once. */
export function JoinTokensPage() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const permission = usePermission();
  const tokens = useQuery(trpc.joinTokens.list.queryOptions(undefined, useRefresh(10_000)));
  const [creating, setCreating] = useQueryState('create', parseAsBoolean.withDefault(false));
  const [revoking, setRevoking] = useState<Token | null>(null);
  const revoke = useMutation(
    trpc.joinTokens.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.joinTokens.pathFilter());
        notifications.show({ message: 'The token is revoked' });
      },
    }),
  );
  return (
    <>
      <PageHeader
        trail={
          <MeshLink href={paths.agents()} look="plain">
            Agents
          </MeshLink>
        }
        title="Join tokens"
        actions={
          <BlockableButton
            variant="filled"
            blocked={permission('editor')}
            onClick={() => void setCreating(true)}
          >
            Create token
          </BlockableButton>
        }
      />
      <DataTable
        noun="join tokens"
        columns={permission('editor') === null ? [...columns, revokeColumn(setRevoking)] : columns}
        rows={tokens.data}
        rowKey={(token) => token.id}
        searchText={(token) => `${token.service} ${token.createdBy} ${token.state} ${token.usedBy ?? ''}`}
        defaultSort="-created"
        error={tokens.error}
        onRetry={() => void tokens.refetch()}
        empty={
          <EmptyState title="No join tokens yet">
            <p>
              A token lets one new instance of one service into the mesh. It is shown once and works once.
            </p>
            <Button variant="filled" onClick={() => void setCreating(true)}>
              Create token
            </Button>
          </EmptyState>
        }
      />
      <CreateTokenDialog opened={creating} onClose={() => void setCreating(null)} />
      <ConfirmDialog
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke the token for ${revoking?.service ?? ''}`}
        confirm="Revoke"
        tone="bad"
        onConfirm={async () => {
          if (revoking !== null) await revoke.mutateAsync({ id: revoking.id });
        }}
      >
        Nobody can join with it any more. Instances that have joined already stay.
      </ConfirmDialog>
    </>
  );
}

const columns: readonly Column<Token>[] = [
  {
    key: 'service',
    header: 'Service',
    cell: (token) => token.service,
    width: 'minmax(120px, 1.2fr)',
    sortBy: (token) => token.service,
    narrow: 'title',
  },
  {
    key: 'state',
    header: 'State',
    cell: (token) => <StatusTag tone={stateTones[token.state]}>{token.state}</StatusTag>,
    width: '96px',
    sortBy: (token) => token.state,
  },
  {
    key: 'expires',
    header: 'Expires',
    cell: (token) => (
      <span className={classes.dim}>{expires(token) ? <RelativeTime at={token.expiresAt} /> : '–'}</span>
    ),
    width: '110px',
    sortBy: (token) => (expires(token) ? token.expiresAt : null),
  },
  {
    key: 'used',
    header: 'Used by',
    cell: (token) =>
      token.usedBy === null ? (
        <span className={classes.dim}>–</span>
      ) : (
        <span className={classes.mono}>{token.usedBy}</span>
      ),
    width: 'minmax(120px, 1.4fr)',
  },
  {
    key: 'created',
    header: 'Created',
    cell: (token) => (
      <span className={classes.dim}>
        <RelativeTime at={token.createdAt} /> {token.createdBy}
      </span>
    ),
    width: 'minmax(160px, 1.6fr)',
    sortBy: (token) => token.createdAt,
    sortFirst: 'descending',
    narrow: 'hidden',
  },
];

/** What is spent or taken back ends no more. */
function expires({ state }: Token): boolean {
  return state === 'unused' || state === 'expired';
}

/** Only what still lets somebody in can be taken back. */
function revokeColumn(onRevoke: (token: Token) => void): Column<Token> {
  return {
    key: 'revoke',
    header: 'Actions',
    headerHidden: true,
    cell: (token) =>
      token.state === 'unused' && (
        <Button variant="subtle" color="neutral" size="compact-xs" onClick={() => onRevoke(token)}>
          Revoke…
        </Button>
      ),
    width: '96px',
    align: 'right',
    interactive: true,
    narrow: 'aside',
  };
}
