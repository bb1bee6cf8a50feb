'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import {
  unstable_createAdapterProvider as createAdapterProvider,
  renderQueryString,
  type unstable_AdapterInterface as UrlAdapter,
} from 'nuqs/adapters/custom';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useOptimistic,
  useRef,
  useTransition,
} from 'react';

const WrittenContext = createContext<UrlAdapter | undefined>(undefined);
const WrittenProvider = createAdapterProvider(useWritten);

/**
 * Keeps what of a view is in the URL. The router takes over what is written to the address in a transition. On a busy
 * page that is a second later, when more has been written, and for a moment it puts the older address back: what
 * somebody had deleted stood in its box again. Here what was written last holds until the router has caught up.
 */
export function UrlState({ children }: { children: ReactNode }) {
  return (
    <NuqsAdapter>
      <Written>
        <WrittenProvider>{children}</WrittenProvider>
      </Written>
    </NuqsAdapter>
  );
}

function Written({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  const taken = useSearchParams().toString();
  const [search, setSearch] = useOptimistic(taken);
  const [isCatchingUp, startTransition] = useTransition();
  const ahead = useRef<string>(undefined);

  useEffect(() => {
    if (!isCatchingUp) ahead.current = undefined;
  }, [isCatchingUp]);

  const adapter = useMemo<UrlAdapter>(
    () => ({
      searchParams: new URLSearchParams(search),
      pathname,
      getSearchParamsSnapshot: () => new URLSearchParams(ahead.current ?? location.search),
      // Three calls of the browser's history for each write of ours, which it allows so many of in a second.
      rateLimitFactor: 3,
      autoResetQueueOnUpdate: false,
      updateUrl(next, { history: how, scroll }) {
        const address = `${location.pathname}${renderQueryString(next)}${location.hash}`;
        ahead.current = next.toString();
        startTransition(() => {
          setSearch(next.toString());
          if (how === 'push') history.pushState(null, '', address);
          else history.replaceState(null, '', address);
        });
        if (scroll) window.scrollTo(0, 0);
      },
    }),
    [search, pathname, setSearch],
  );
  return <WrittenContext value={adapter}>{children}</WrittenContext>;
}

function useWritten(): UrlAdapter {
  const adapter = useContext(WrittenContext);
  if (adapter === undefined) throw new Error('the state in the URL is asked for outside of UrlState');
  return adapter;
}
