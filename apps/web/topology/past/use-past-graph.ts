'use client';

import { skipToken, useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client';
import { useWindow } from '@/ui/use-view';

/** The graph of the window that ended then; nothing is asked for without a time. */
export function usePastGraph(at: number | null) {
  const trpc = useTRPC();
  const { windowMs } = useWindow();
  return useQuery(
    trpc.topology.past.queryOptions(at === null ? skipToken : { windowMs, at }, {
      // What was will not change.
      staleTime: Number.POSITIVE_INFINITY,
    }),
  );
}
