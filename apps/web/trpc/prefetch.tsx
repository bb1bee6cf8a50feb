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

/** Renders its children with these queries answered; one that fails is asked again by the browser, which shows why. */
export async function Prefetch({ queries, children }: PrefetchProps) {
  const queryClient = createQueryClient();
  const trpc = createTRPCOptionsProxy<AppRouter>({ client: await loopbackClient(), queryClient });
  // Each has another type of answer, which does not matter to the cache.
  const wanted = queries(trpc) as readonly FetchQueryOptions[];
  await Promise.all(wanted.map((options) => queryClient.prefetchQuery({ ...options, retry: false })));
  return <HydrationBoundary state={dehydrate(queryClient)}>{children}</HydrationBoundary>;
}
