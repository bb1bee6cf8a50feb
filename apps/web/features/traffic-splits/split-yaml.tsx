'use client';

import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';
import { CommandLine } from '@/ui/command-line';
import { Bone, EmptyState, ErrorState } from '@/ui/states';

/** The declared split as YAML, ready for `tulle apply -f`. */
export function SplitYaml({
  service,
  opened,
  onClose,
}: {
  service: string;
  opened: boolean;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const resources = useQuery(
    trpc.resources.list.queryOptions({ service, kind: 'TrafficSplit' }, { enabled: opened }),
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Split of ${service}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {resources.error && (
        <ErrorState error={resources.error} what="The YAML" onRetry={() => void resources.refetch()} />
      )}
      {resources.isPending && <Bone height={120} />}
      {resources.data &&
        (resources.data.resources.length === 0 ? (
          <EmptyState title="No split is declared">
            <p>Requests spread evenly over all instances, whatever their version.</p>
          </EmptyState>
        ) : (
          <CommandLine text={resources.data.yaml} label="YAML" />
        ))}
    </Modal>
  );
}
