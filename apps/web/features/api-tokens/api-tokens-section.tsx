'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { roles } from '@tulle/mesh/people';
import { parseAsBoolean, useQueryState } from 'nuqs';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { EmptyState } from '@/ui/states';
import { StatusTag, type Tone } from '@/ui/status-tag';
import { RelativeTime } from '@/ui/time';
import classes from './api-tokens.module.css';
import { CreateApiTokenDialog } from './create-api-token-dialog';

type Token = RouterOutputs['apiTokens']['list'][number];

const stateTones: Readonly<Record<Token['state'], Tone>> = {
  active: 'plain',
  expired: 'warn',
  revoked: 'quiet',
};

/** Tokens with which programs speak in somebody's name: one's own, to administrators everybody's. */
export function ApiTokensSection() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const tokens = useQuery(trpc.apiTokens.list.queryOptions());
  const [creating, setCreating] = useQueryState('create', parseAsBoolean.withDefault(false));
  const [revoking, setRevoking] = useState<Token | null>(null);
  const revoke = useMutation(
    trpc.apiTokens.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.apiTokens.pathFilter());
        notifications.show({ message: 'The token is revoked' });
      },
    }),
  );
  const create = (
    <Button variant="filled" onClick={() => void setCreating(true)}>
      Create token
    </Button>
  );
  return (
    <>
      <DataTable
        noun="API tokens"
        columns={[...columns, revokeColumn(setRevoking)]}
        rows={tokens.data}
        rowKey={({ id }) => id}
        searchText={({ name, maker, role, state }) => `${name} ${maker} ${role} ${state}`}
        defaultSort="-created"
        error={tokens.error}
        onRetry={() => void tokens.refetch()}
        toolbar={tokens.data?.length === 0 ? undefined : create}
        empty={
          <EmptyState title="No API tokens yet">
            <p>
              With a token, a program such as a pipeline speaks in your name, for instance as{' '}
              <code className={classes.command}>tulle apply</code>.
            </p>
            {create}
          </EmptyState>
        }
      />
      <CreateApiTokenDialog opened={creating} onClose={() => void setCreating(null)} />
      <ConfirmDialog
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke the token ${revoking?.name ?? ''}`}
        confirm="Revoke"
        tone="bad"
        onConfirm={async () => {
          if (revoking !== null) await revoke.mutateAsync({ id: revoking.id });
        }}
      >
        What uses it is refused from its next call on. What it did stays in Changes. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}

const columns: readonly Column<Token>[] = [
  {
    key: 'name',
    header: 'Name',
    cell: ({ name }) => name,
    width: 'minmax(110px, 1.2fr)',
    sortBy: ({ name }) => name,
    narrow: 'title',
  },
  {
    key: 'maker',
    header: 'Speaks for',
    cell: ({ maker }) => maker,
    width: 'minmax(100px, 1fr)',
    sortBy: ({ maker }) => maker,
  },
  {
    key: 'role',
    header: 'Role',
    cell: ({ role }) => role,
    width: '80px',
    sortBy: ({ role }) => roles.indexOf(role),
  },
  {
    key: 'state',
    header: 'State',
    cell: ({ state }) => <StatusTag tone={stateTones[state]}>{state}</StatusTag>,
    width: '84px',
    sortBy: ({ state }) => state,
  },
  {
    key: 'used',
    header: 'Last used',
    cell: ({ lastUsedAt }) => (
      <span className={classes.dim}>
        {lastUsedAt === null ? 'not used yet' : <RelativeTime at={lastUsedAt} />}
      </span>
    ),
    width: '110px',
    sortBy: ({ lastUsedAt }) => lastUsedAt,
    sortFirst: 'descending',
  },
  {
    key: 'expires',
    header: 'Expires',
    cell: ({ expiresAt, state }) => (
      <span className={classes.dim}>{state === 'revoked' ? '–' : <RelativeTime at={expiresAt} />}</span>
    ),
    width: '110px',
    sortBy: ({ expiresAt }) => expiresAt,
    narrow: 'hidden',
  },
  {
    key: 'created',
    header: 'Created',
    cell: ({ createdAt }) => (
      <span className={classes.dim}>
        <RelativeTime at={createdAt} />
      </span>
    ),
    width: '110px',
    sortBy: ({ createdAt }) => createdAt,
    sortFirst: 'descending',
    narrow: 'hidden',
  },
];

function revokeColumn(onRevoke: (token: Token) => void): Column<Token> {
  return {
    key: 'revoke',
    header: 'Actions',
    headerHidden: true,
    cell: (token) =>
      token.state === 'active' && (
        <Button
          variant="subtle"
          color="neutral"
          size="compact-xs"
          aria-label={`Revoke ${token.name}`}
          onClick={() => onRevoke(token)}
        >
          Revoke…
        </Button>
      ),
    width: '84px',
    align: 'right',
    interactive: true,
    narrow: 'aside',
  };
}
