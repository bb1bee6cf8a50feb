'use client';

import { type QueryFilters, useQueryClient } from '@tanstack/react-query';
import { useSubscription } from '@trpc/tanstack-react-query';
import { useEffect } from 'react';
import { usePaused } from '@/ui/use-view';
import { type RouterOutputs, useTRPC } from './client';
import { connection } from './connection';

type LiveEvent = RouterOutputs['live']['events'] extends AsyncIterable<infer Event> ? Event : never;

/** Listens once for the whole shell, and lets open pages fetch again what an event names. */
export function LiveEvents() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { paused } = usePaused();
  const moving = [trpc.services.pathFilter(), trpc.topology.pathFilter(), trpc.metrics.pathFilter()];

  // What was asked for a moment before would move the figures once more when it comes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only as one pauses
  useEffect(() => {
    if (!paused) return;
    for (const filter of moving)
      void queryClient.cancelQueries({ ...filter, predicate: ({ state }) => state.data !== undefined });
  }, [paused]);

  useSubscription(
    trpc.live.events.subscriptionOptions(undefined, {
      // After a gap nobody knows what was missed.
      onStarted: () => {
        if (!paused) void queryClient.invalidateQueries();
      },
      // Refused, as after being removed: whoever is not signed in any more is led to where one does.
      onError: () => void queryClient.invalidateQueries(trpc.people.me.pathFilter()),
      onData: (event) => {
        connection.answered();
        const { facts, figures } = filtersOf(event.type);
        // Paused figures keep still; what people decide on, such as a rollout, is never shown out of date.
        for (const filter of paused ? facts : [...facts, ...figures])
          void queryClient.invalidateQueries(filter);
      },
    }),
  );
  return null;

  function filtersOf(type: LiveEvent['type']): { facts: QueryFilters[]; figures: QueryFilters[] } {
    switch (type) {
      case 'change':
        return {
          facts: [
            trpc.access.pathFilter(),
            trpc.changes.pathFilter(),
            trpc.trafficSplits.pathFilter(),
            trpc.resources.pathFilter(),
          ],
          figures: moving,
        };
      case 'ack':
        return { facts: [trpc.changes.pathFilter(), trpc.agents.pathFilter()], figures: [] };
      case 'rollout':
        return {
          facts: [trpc.rollouts.pathFilter(), trpc.trafficSplits.pathFilter()],
          figures: [trpc.topology.edge.pathFilter()],
        };
      case 'certificates':
        return { facts: [trpc.certificates.pathFilter()], figures: [trpc.topology.edge.pathFilter()] };
      case 'agents':
        return {
          facts: [trpc.agents.pathFilter(), trpc.certificates.pathFilter()],
          figures: [trpc.services.pathFilter()],
        };
      case 'people':
        return { facts: [trpc.people.pathFilter(), trpc.apiTokens.pathFilter()], figures: [] };
      case 'join-tokens':
        return { facts: [trpc.joinTokens.pathFilter()], figures: [] };
      // A page opened before an upgrade may hear of what it does not know.
      default:
        return { facts: [], figures: [] };
    }
  }
}
