import { type Bytes, newBytes } from './bytes.ts';

/** Room for two DATA frames of 64 KiB with their headers, and a little more. */
export const SLAB_BYTES = 132 * 1024;
/** At most half of a slab is left unused. */
const sizes = [8 * 1024, 16 * 1024, 32 * 1024, 64 * 1024, SLAB_BYTES] as const;
/** What is kept of each size for the next that needs it. */
const MAX_FREE_BYTES = 2.5 * 1024 * 1024;

const free: readonly Bytes[][] = sizes.map(() => []);

/**
 * Memory for bytes on their way; holds whatever was there. New memory for each body would have V8 collect garbage all
 * the time: it does so for every 32 MiB of buffers that were made, however small its heap is.
 */
export function takeSlab(atLeast: number = SLAB_BYTES): Bytes {
  for (let index = 0; index < sizes.length; index++) {
    const size = sizes[index] as number;
    if (size >= atLeast) return free[index]?.pop() ?? newBytes(size);
  }
  return newBytes(atLeast);
}

/** Nobody reads it any more. Who keeps a slab for good need not say so. */
export function giveSlab(slab: Bytes): void {
  const list = free[sizes.indexOf(slab.length)];
  if (list !== undefined && (list.length + 1) * slab.length <= MAX_FREE_BYTES) list.push(slab);
}
