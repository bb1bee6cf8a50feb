'use client';

import { useSyncExternalStore } from 'react';

/** Whether the server answers, and since when it does not. */
export interface ConnectionState {
  readonly lost: boolean;
  /** When the newest data came, milliseconds since the epoch. */
  readonly freshAt: number;
}

let state: ConnectionState = { lost: false, freshAt: Date.now() };
let socketOpen = false;
let socketMissed = 0;
const listeners = new Set<() => void>();

function set(next: ConnectionState): void {
  const changed = next.lost !== state.lost;
  // While connected nobody shows the age, so a fresh answer alone wakes no component.
  state = next;
  if (changed) for (const listener of listeners) listener();
}

/** Told by the transports; read by the line on top of every page. */
export const connection = {
  answered(): void {
    set({ lost: state.lost && !socketOpen && socketMissed > 1, freshAt: Date.now() });
  },
  opened(): void {
    socketOpen = true;
    socketMissed = 0;
    set({ lost: false, freshAt: Date.now() });
  },
  /** A single close is no loss: the server may be restarting, and the next attempt follows at once. */
  closed(): void {
    socketOpen = false;
    socketMissed++;
    if (socketMissed > 1) set({ ...state, lost: true });
  },
  failed(): void {
    set({ ...state, lost: true });
  },
};

const initial: ConnectionState = { lost: false, freshAt: 0 };

export function useConnection(): ConnectionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
    () => initial,
  );
}
