'use client';

import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useRef } from 'react';
import { useTRPC } from '@/trpc/client';
import { connection } from '@/trpc/connection';
import { usePaused, useWindow } from '@/ui/use-view';
import type { GraphView } from './graph-view';
import { graphAfter } from './live-graph';

/** The graph, new every second unless paused. */
export function useLiveGraph() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { windowMs } = useWindow();
  const { paused } = usePaused();
  const input = { windowMs };
  // Of the subscription alone: what is fetched meanwhile is not what the next step goes on from.
  const held = useRef<GraphView>(undefined);

  useSubscription(
    trpc.live.topology.subscriptionOptions(paused ? skipToken : input, {
      onData: (step) => {
        connection.answered();
        held.current = graphAfter(held.current, step);
        if (held.current !== undefined)
          queryClient.setQueryData(trpc.topology.graph.queryKey(input), held.current);
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
