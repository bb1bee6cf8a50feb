import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Soon enough for nobody to notice, late enough for starting to be over. */
const SETTLED_MS = 500;
let scheduled = false;

/**
 * Gives back, once, what starting needed and running does not: sources, their compilation, the first heap.
 * V8 does this on its own only under pressure, and many agents share a machine. Takes some 10 ms.
 */
export function releaseStartupMemory(): void {
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    setFlagsFromString('--no-expose-gc');
    if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, SETTLED_MS).unref();
}
