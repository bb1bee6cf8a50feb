import type { LiveEvent } from './view.ts';

/** Tells open pages, on every replica, that something changed. Never blocks, never fails the caller. */
export interface LiveBus {
  publish(event: LiveEvent): void;
}
