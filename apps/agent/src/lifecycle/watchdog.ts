import type { EventEmitter } from 'node:events';

/** How often a process says that it lives; far more often than anybody gives it up. */
export const beatEveryMs = 500;
const looksPerTimeout = 30;

/**
 * Calls `onSilent` once when a process that should send messages has sent none for `timeoutMs`; 0 is never. Time is
 * measured in looks of this process: one that was suspended, or had no processor itself, has looked as seldom, and
 * between two looks hears all that was sent meanwhile.
 */
export function watchForSilence(child: EventEmitter, timeoutMs: number, onSilent: () => void): void {
  if (timeoutMs === 0) return;
  let silentLooks = 0;
  const timer = setInterval(() => {
    if (++silentLooks < looksPerTimeout) return;
    clearInterval(timer);
    onSilent();
  }, timeoutMs / looksPerTimeout);
  timer.unref();
  child.on('message', () => {
    silentLooks = 0;
  });
  child.once('exit', () => clearInterval(timer));
}
