'use client';

import { parseAsInteger, useQueryState } from 'nuqs';
import { useCallback } from 'react';
import { defaultWindow, pausedParser, type Window, windowMsOf, windowParser } from './view-state';

export function useWindow(): { window: Window; windowMs: number; setWindow(window: Window): void } {
  const [window, set] = useQueryState('window', windowParser);
  return { window, windowMs: windowMsOf(window), setWindow: (next) => void set(next) };
}

/** Paused keeps everything on the screen still: no fetching by itself, no live graph. */
export function usePaused(): { paused: boolean; setPaused(paused: boolean): void } {
  const [paused, set] = useQueryState('paused', pausedParser);
  return { paused, setPaused: (next) => void set(next) };
}

/** Of when the graph is, milliseconds since the epoch; null is now. No other page has a past. */
export function usePast(): { at: number | null; setAt(at: number | null): void } {
  const [at, set] = useQueryState('at', parseAsInteger);
  return { at, setAt: (next) => void set(next) };
}

/** For queries of moving numbers: fetch every so often unless paused, and show the last answer while the next comes. */
export function useRefresh(everyMs = 3_000) {
  const { paused } = usePaused();
  return { refetchInterval: paused ? (false as const) : everyMs, placeholderData: keepPrevious };
}

function keepPrevious<Data>(previous: Data | undefined): Data | undefined {
  return previous;
}

/** Keeps the window in links, so that moving between pages does not change what is looked at. */
export function useHref(): (path: string) => string {
  const { window } = useWindow();
  const { paused } = usePaused();
  return useCallback(
    (path) => {
      const [pathname = '', search = ''] = path.split('?', 2);
      const query = new URLSearchParams(search);
      if (window !== defaultWindow) query.set('window', window);
      if (paused) query.set('paused', 'true');
      return query.size === 0 ? pathname : `${pathname}?${query}`;
    },
    [window, paused],
  );
}
