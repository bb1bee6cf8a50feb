import { stat } from 'node:fs';

const afterMs = 2_000;

/**
 * An agent stands beside every service, so what it holds when idle counts. Starting leaves garbage that V8 would keep
 * until there is traffic: one collection, once things are quiet, returns it to the system (about 10 ms). The command
 * `tulle` starts Node with the function for it.
 */
export function collectStartupGarbage(): void {
  const collect = () => globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  setTimeout(collect, afterMs).unref();
}

/**
 * Two threads are plenty for the few files an agent writes and the names it looks up; each of libuv's usual four
 * costs memory. The pool reads the variable when it is first used, so that the command never sees it.
 */
export function limitThreadPool(): void {
  if (process.env.UV_THREADPOOL_SIZE !== undefined) return;
  process.env.UV_THREADPOOL_SIZE = '2';
  stat('/', () => undefined);
  delete process.env.UV_THREADPOOL_SIZE;
}
