'use client';

import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { useState } from 'react';
import { paths } from '@/paths';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import type { Column } from '@/ui/data-table/column';
import { DataTable } from '@/ui/data-table/data-table';
import { EmptyState } from '@/ui/states';
import { RelativeTime } from '@/ui/time';
import classes from './account.module.css';
import { browserWords } from './browser-words';

type Session = RouterOutputs['people']['sessions'][number];

/** Where one is signed in; one of them, or all, can be ended. */
export function Sessions() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const sessions = useQuery(trpc.people.sessions.queryOptions());
  const [endingAll, setEndingAll] = useState(false);
  const end = useMutation(
    trpc.people.endSessions.mutationOptions({
      onSuccess: (_, { id }) =>
        // A full load, so that nothing of this person stays in memory.
        id === undefined
          ? window.location.assign(paths.signIn())
          : queryClient.invalidateQueries(trpc.people.sessions.pathFilter()),
    }),
  );
  return (
    <>
      <DataTable
        id="sessions"
        noun="sessions"
        columns={[...columns, endColumn((id) => end.mutate({ id }))]}
        rows={sessions.data}
        rowKey={({ id }) => id}
        defaultSort="-since"
        error={sessions.error}
        onRetry={() => void sessions.refetch()}
        empty={<EmptyState title="No sessions" />}
        toolbar={<Button onClick={() => setEndingAll(true)}>Sign out everywhere…</Button>}
      />
      <ConfirmDialog
        opened={endingAll}
        onClose={() => setEndingAll(false)}
        title="Sign out everywhere"
        confirm="Sign out everywhere"
        onConfirm={() => end.mutateAsync({})}
      >
        All your sessions end at once, this one too. Your API tokens stay.
      </ConfirmDialog>
    </>
  );
}

const columns: readonly Column<Session>[] = [
  {
    key: 'browser',
    header: 'Session',
    cell: ({ userAgent, isThis }) => (
      <span title={userAgent ?? ''}>
        {browserWords(userAgent)} {isThis && <span className={classes.dim}>this one</span>}
      </span>
    ),
    width: 'minmax(140px, 1.6fr)',
    sortBy: ({ userAgent }) => browserWords(userAgent),
    narrow: 'title',
  },
  {
    key: 'address',
    header: 'From',
    cell: ({ address }) => <span className={classes.dim}>{address ?? '–'}</span>,
    width: 'minmax(110px, 1fr)',
    sortBy: ({ address }) => address,
  },
  {
    key: 'since',
    header: 'Signed in',
    cell: ({ signedInAt }) => (
      <span className={classes.dim}>
        <RelativeTime at={signedInAt} />
      </span>
    ),
    width: '120px',
    sortBy: ({ signedInAt }) => signedInAt,
    sortFirst: 'descending',
  },
];

function endColumn(onEnd: (id: string) => void): Column<Session> {
  return {
    key: 'end',
    header: 'Actions',
    headerHidden: true,
    cell: ({ id, isThis, userAgent }) =>
      !isThis && (
        <Button
          variant="subtle"
          color="neutral"
          size="compact-xs"
          aria-label={`Sign out ${browserWords(userAgent)}`}
          onClick={() => onEnd(id)}
        >
          Sign out
        </Button>
      ),
    width: '84px',
    align: 'right',
    interactive: true,
    narrow: 'aside',
  };
}
