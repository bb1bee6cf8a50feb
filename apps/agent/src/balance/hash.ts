const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const TWO_POW_32 = 4_294_967_296;

/** The finaliser of MurmurHash3: a bijection in which every bit of the input moves half of those of the output. */
export function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * 32 bits of a text: FNV-1a, mixed. The same on every agent and after every restart. It keeps nobody from choosing keys
 * that meet: what depends on it must bear that (see bounded loads in `consistent-hash.ts`).
 *
 * Choices that follow one another for the same key need different seeds: were the version chosen by the same hash as
 * the endpoint inside of it, a tenth of the users would meet a tenth of its endpoints.
 */
export function hash32(text: string, seed = 0): number {
  let h = FNV_OFFSET ^ seed;
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), FNV_PRIME);
  return mix(h);
}

/** The same in [0, 1). */
export function unitInterval(hash: number): number {
  return hash / TWO_POW_32;
}
