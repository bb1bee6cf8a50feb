'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useTRPC } from './client';
import { connection } from './connection';

/** Listens once for the whole shell, and lets open pages fetch again what an event names. */
export function LiveEvents() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();

  useSubscription(
    trpc.live.events.subscriptionOptions(undefined, {
      // After a gap nobody knows what was missed.
      onStarted: () => void queryClient.invalidateQueries(),
      onData: (event) => {
        connection.answered();
        for (const filter of filtersOf(event.type)) void queryClient.invalidateQueries(filter);
      },
    }),
  );
  return null;

  function filtersOf(type: string) {
    switch (type) {
      case 'change':
        return [
          trpc.changes.pathFilter(),
          trpc.trafficSplits.pathFilter(),
          trpc.services.pathFilter(),
          trpc.topology.pathFilter(),
          trpc.metrics.pathFilter(),
          trpc.resources.pathFilter(),
        ];
      case 'ack':
        return [trpc.changes.pathFilter(), trpc.agents.pathFilter()];
      case 'rollout':
        return [trpc.rollouts.pathFilter(), trpc.trafficSplits.pathFilter(), trpc.topology.edge.pathFilter()];
      case 'certificates':
        return [trpc.certificates.pathFilter(), trpc.topology.edge.pathFilter()];
      case 'agents':
        return [trpc.agents.pathFilter(), trpc.services.pathFilter(), trpc.certificates.pathFilter()];
      case 'join-tokens':
        return [trpc.joinTokens.pathFilter()];
      default:
        return [];
    }
  }
}
