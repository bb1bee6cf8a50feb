import type { Random } from './balancer.ts';

/**
 * Mulberry32: good enough to spread requests, the same for the same seed, and unlike `Math.random` compiled into its
 * caller, so that its numbers never become objects on the heap. Nothing that must not be guessed may depend on it.
 */
export function quickRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Different in every process. */
export function anySeed(): number {
  return Math.floor(Math.random() * 4_294_967_296);
}
