import type { Turn } from './turn.ts';

/** What runs after `delayMs` has a turn of its own: what it wrote leaves with it. */
export function later(turn: Turn, delayMs: number, run: () => void): NodeJS.Timeout {
  return setTimeout(() => {
    run();
    turn.flush();
  }, delayMs);
}
