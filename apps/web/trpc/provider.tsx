'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, createWSClient, httpBatchLink, splitLink, wsLink } from '@trpc/client';
import { type ReactNode, useState } from 'react';
import { paths } from '@/paths';
import { type AppRouter, TRPCProvider } from './client';
import { connection } from './connection';
import { failureOf } from './failure';
import { createQueryClient } from './query-client';

/** Queries and mutations by HTTP, subscriptions by one WebSocket; on the server nothing is fetched from here. */
export function MeshProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(() =>
    createQueryClient({ onSuccess: connection.answered, onFailure: noteFailure }),
  );
  const [trpcClient] = useState(createClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}

function createClient() {
  const http = httpBatchLink<AppRouter>({ url: '/trpc', maxURLLength: 4_000 });
  if (typeof window === 'undefined') return createTRPCClient<AppRouter>({ links: [http] });
  const { protocol, host } = window.location;
  const socket = createWSClient({
    url: `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/trpc`,
    lazy: { enabled: true, closeMs: 10_000 },
    // Jittered, so that a restarted server is not met by every open page at once.
    retryDelayMs: (attempt) => Math.min(10_000, 500 * 2 ** attempt) * (0.5 + Math.random() / 2),
    keepAlive: { enabled: true, intervalMs: 15_000, pongTimeoutMs: 5_000 },
    onOpen: connection.opened,
    onClose: connection.closed,
  });
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: wsLink({ client: socket }),
        false: http,
      }),
    ],
  });
}

function noteFailure(error: Error): void {
  const failure = failureOf(error);
  if (failure.code === 'unreachable') connection.failed();
  // The session ended while the page was open; what was asked for is where the person returns to.
  if (failure.status === 401 && !window.location.pathname.startsWith('/sign-in'))
    window.location.assign(paths.signIn(`${window.location.pathname}${window.location.search}`));
}
