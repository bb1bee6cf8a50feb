'use client';

import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useTRPC } from '@/trpc/client';
import { connection } from '@/trpc/connection';
import { usePaused, useWindow } from '@/ui/use-view';

/** The graph, new every second unless paused. */
export function useLiveGraph() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { windowMs } = useWindow();
  const { paused } = usePaused();
  const input = { windowMs };

  useSubscription(
    trpc.live.topology.subscriptionOptions(paused ? skipToken : input, {
      onData: (view) => {
        connection.answered();
        queryClient.setQueryData(trpc.topology.graph.queryKey(input), view);
      },
    }),
  );
  return useQuery(
    trpc.topology.graph.queryOptions(input, {
      // The subscription brings what is new.
      staleTime: Number.POSITIVE_INFINITY,
      // Every figure is new every second; looking for what is the same costs more than it saves.
      structuralSharing: false,
      placeholderData: (previous) => previous,
    }),
  );
}
