import { setTimeout as delay } from 'node:timers/promises';
import { dehydrate, type FetchQueryOptions, HydrationBoundary } from '@tanstack/react-query';
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { ReactNode } from 'react';
import type { AppRouter } from './client';
import { loopbackClient } from './loopback';
import { createQueryClient } from './query-client';

interface PrefetchProps {
  /** The queries the page asks first, exactly as its components ask them. */
  readonly queries: (trpc: TRPCOptionsProxy<AppRouter>) => readonly unknown[];
  readonly children: ReactNode;
}

/** Longer than this nobody waits before something moves: the page comes with skeletons, and the browser asks. */
const patienceMs = 500;

/**
 * Renders its children with these queries answered; one that fails or is late is asked again by the browser, which
 * shows why or that it waits.
 */
export async function Prefetch({ queries, children }: PrefetchProps) {
  const queryClient = createQueryClient();
  const trpc = createTRPCOptionsProxy<AppRouter>({ client: await loopbackClient(), queryClient });
  // Each has another type of answer, which does not matter to the cache.
  const wanted = queries(trpc) as readonly FetchQueryOptions[];
  const answered = Promise.all(
    wanted.map((options) => queryClient.prefetchQuery({ ...options, retry: false })),
  );
  await Promise.race([answered, delay(patienceMs, undefined, { ref: false })]);
  return <HydrationBoundary state={dehydrate(queryClient)}>{children}</HydrationBoundary>;
}
