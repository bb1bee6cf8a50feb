import { hash32, mix } from './hash.ts';

/** Points of an entry of average weight: shares of ten entries then differ by about a tenth. */
const POINTS = 100;
const RING_SEED = 0x7a11e;
/** 2^32 / φ: multiples of it are far from one another before they are mixed. */
const GOLDEN = 0x9e3779b9;
const INDEX_SPAN = 2 ** 20;

/**
 * Consistent hashing (Karger et al. 1997): each entry owns the arcs before its points, and an entry that comes or goes
 * moves only the keys of its own arcs. A ring rather than rendezvous, which asks every entry for every key, and rather
 * than Maglev, whose table must be built anew whenever an entry's health changes and then moves twice as many keys:
 * here one that cannot be used is passed by, and its keys come back with it.
 */
export class HashRing {
  private readonly hashes: Uint32Array;
  private readonly owners: Uint32Array;

  /** The weight says how many points an entry has; the ring goes by places in `entries`. */
  constructor(entries: readonly { readonly id: string; readonly weight: number }[]) {
    const average = entries.reduce((sum, { weight }) => sum + weight, 0) / entries.length;
    const counts = entries.map(({ weight }) => Math.max(1, Math.round((POINTS * weight) / average)));
    const packed = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
    let end = 0;
    for (const [index, { id }] of entries.entries()) {
      const base = hash32(id, RING_SEED);
      for (let point = counts[index] as number; point > 0; point--) {
        packed[end++] = mix(base + Math.imul(point, GOLDEN)) * INDEX_SPAN + index;
      }
    }
    packed.sort();
    this.hashes = new Uint32Array(end);
    this.owners = new Uint32Array(end);
    for (let place = 0; place < end; place++) {
      const point = packed[place] as number;
      this.hashes[place] = Math.floor(point / INDEX_SPAN);
      this.owners[place] = point % INDEX_SPAN;
    }
  }

  get size(): number {
    return this.hashes.length;
  }

  /** Where the walk of a key begins: its owner's point. */
  locate(hash: number): number {
    const { hashes } = this;
    let low = 0;
    let high = hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((hashes[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    return low === hashes.length ? 0 : low;
  }

  ownerAt(place: number): number {
    return this.owners[place] as number;
  }

  next(place: number): number {
    return place + 1 === this.hashes.length ? 0 : place + 1;
  }
}
