'use client';

import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';

type PersonRow = RouterOutputs['people']['list'][number];

interface RemoveDialogProps {
  /** Whom; closed while null. */
  readonly person: PersonRow | null;
  readonly onClose: () => void;
}

/** Says what ends with a person, and what stays. */
export function RemoveDialog({ person, onClose }: RemoveDialogProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const tokens = useQuery(trpc.apiTokens.list.queryOptions(undefined, { enabled: person !== null }));
  const remove = useMutation(
    trpc.people.remove.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.people.pathFilter());
        notifications.show({ message: `${person?.name ?? 'The person'} is removed` });
      },
    }),
  );
  const theirs = (tokens.data ?? [])
    .filter(({ makerId, state }) => makerId === person?.id && state === 'active')
    .map(({ name }) => name);
  return (
    <ConfirmDialog
      opened={person !== null}
      onClose={onClose}
      title={`Remove ${person?.name ?? ''}`}
      confirm="Remove"
      tone="bad"
      onConfirm={async () => {
        if (person !== null) await remove.mutateAsync({ id: person.id });
      }}
    >
      {person?.state === 'invited'
        ? 'The invitation ends.'
        : 'They are signed out everywhere at once, and cannot sign in any more.'}{' '}
      {theirs.length > 0 &&
        `Their API ${theirs.length === 1 ? 'token' : 'tokens'} ${theirs.join(', ')} end${theirs.length === 1 ? 's' : ''} too: what uses ${theirs.length === 1 ? 'it' : 'them'} is refused. `}
      What they did stays in Changes under their name.
    </ConfirmDialog>
  );
}
