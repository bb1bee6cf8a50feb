'use client';

import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { parseAsString, useQueryState } from 'nuqs';
import { useTRPC } from '@/trpc/client';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { type Certificate, revokeWords } from './revoke-words';

/** Says who is cut off before the instance the URL names is revoked. */
export function RevokeDialog({ rows }: { rows: readonly Certificate[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [agentId, setAgentId] = useQueryState('revoke', parseAsString);
  const row = rows.find((each) => each.agentId === agentId);
  const revoke = useMutation(
    trpc.certificates.revoke.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries(trpc.certificates.pathFilter());
        notifications.show({ message: `${row?.instance} is revoked` });
      },
    }),
  );
  return (
    <ConfirmDialog
      opened={row !== undefined}
      onClose={() => void setAgentId(null)}
      title={`Revoke ${row?.instance ?? ''}`}
      confirm="Revoke"
      tone="bad"
      comment="Why"
      onConfirm={async (reason) => {
        if (row !== undefined) await revoke.mutateAsync({ agentId: row.agentId, reason });
      }}
    >
      {row && revokeWords(row, rows).map((sentence) => <p key={sentence}>{sentence}</p>)}
    </ConfirmDialog>
  );
}
