import { isAlive, startOf } from './process-identity.ts';

const everyMs = 250;

/**
 * Calls `onGone` once when the parent (or the process `pid`) has ended, however it ended. Looking four times a second
 * costs nothing that can be measured and needs nothing from the parent. Returns how to stop watching.
 */
export function watchParent(pid: number | undefined, onGone: () => void): () => void {
  const parent = process.ppid;
  const start = pid === undefined ? undefined : startOf(pid);
  const gone = () => (pid === undefined ? process.ppid !== parent : !isAlive(pid, start));
  const timer = setInterval(() => {
    if (!gone()) return;
    clearInterval(timer);
    onGone();
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
