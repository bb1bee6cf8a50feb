'use client';

import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RouterOutputs } from '@tulle/api/router-types';
import type { Role } from '@tulle/mesh/people';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { roleChangeWords } from './people-words';

type PersonRow = RouterOutputs['people']['list'][number];

export interface RoleChange {
  readonly person: PersonRow;
  readonly role: Role;
}

/** Says what somebody may then do, or no longer. */
export function RoleDialog({ change, onClose }: { change: RoleChange | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const setRole = useMutation(
    trpc.people.setRole.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.people.pathFilter());
        if (change !== null)
          notifications.show({ message: `${change.person.name} has the role ${change.role}` });
      },
    }),
  );
  return (
    <ConfirmDialog
      opened={change !== null}
      onClose={onClose}
      title={`Give ${change?.person.name ?? ''} the role ${change?.role ?? ''}`}
      confirm="Change role"
      onConfirm={async () => {
        if (change !== null) await setRole.mutateAsync({ id: change.person.id, role: change.role });
      }}
    >
      {change !== null && roleChangeWords(change.person.name, change.person.role, change.role)} It counts from
      their next step on, for their API tokens too.
    </ConfirmDialog>
  );
}
