'use client';

import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import {
  unstable_createAdapterProvider as createAdapterProvider,
  renderQueryString,
  type unstable_AdapterInterface as UrlAdapter,
} from 'nuqs/adapters/custom';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import {
  createContext,
  type ReactNode,
  type TransitionFunction,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useOptimistic,
  useRef,
  useTransition,
} from 'react';

const WrittenContext = createContext<UrlAdapter | undefined>(undefined);
const LeaveContext = createContext<(go: TransitionFunction) => void>((go) => void go());
const WrittenProvider = createAdapterProvider(useWritten);

/**
 * Keeps what of a view is in the URL. The router takes over what is written to the address in a transition. On a busy
 * page that is a second later, when more has been written, and for a moment it puts the older address back: what
 * somebody had deleted stood in its box again. Here what was written last holds until the router has caught up.
 *
 * The router gives up a page that is on its way when the address changes meanwhile, as it does a moment after the last
 * key. While one leaves, it does not hear of it.
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
  const [isLeaving, startLeaving] = useTransition();
  const ahead = useRef<string>(undefined);
  const leaving = useRef(false);

  useEffect(() => {
    if (!isCatchingUp) ahead.current = undefined;
  }, [isCatchingUp]);
  useEffect(() => {
    if (!isLeaving) leaving.current = false;
  }, [isLeaving]);
  const leave = useCallback((go: TransitionFunction) => {
    leaving.current = true;
    startLeaving(go);
  }, []);

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
        // What is marked as its own the router lets through unheard.
        const state = leaving.current ? history.state : null;
        ahead.current = next.toString();
        startTransition(() => {
          setSearch(next.toString());
          if (how === 'push') history.pushState(state, '', address);
          else history.replaceState(state, '', address);
        });
        if (scroll) window.scrollTo(0, 0);
      },
    }),
    [search, pathname, setSearch],
  );
  return (
    <LeaveContext value={leave}>
      <WrittenContext value={adapter}>{children}</WrittenContext>
    </LeaveContext>
  );
}

/** The way to another page of the dashboard. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  const leave = useContext(LeaveContext);
  return useCallback((href) => leave(() => router.push(href)), [router, leave]);
}

function useWritten(): UrlAdapter {
  const adapter = useContext(WrittenContext);
  if (adapter === undefined) throw new Error('the state in the URL is asked for outside of UrlState');
  return adapter;
}
