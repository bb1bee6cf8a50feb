import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newBytes } from './bytes.ts';
import { giveSlab, SLAB_BYTES, takeSlab } from './slabs.ts';

describe('slabs', () => {
  it('are as large as was asked for, and none is given to two', () => {
    const steps = fc.array(fc.tuple(fc.nat(SLAB_BYTES * 2), fc.boolean()), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const held: Uint8Array[] = [];
        for (const [atLeast, gives] of all) {
          const slab = takeSlab(atLeast);
          expect(slab.length).toBeGreaterThanOrEqual(atLeast);
          // toContain writes all of them out for a message that nobody reads.
          expect(held.includes(slab)).toBe(false);
          if (gives) giveSlab(slab);
          else held.push(slab);
        }
      }),
    );
  });

  it('are used again, a bounded number of them', () => {
    const given = new Set(Array.from({ length: 1_000 }, () => newBytes(SLAB_BYTES)));
    for (const slab of given) giveSlab(slab);
    const taken = Array.from({ length: 1_000 }, () => takeSlab());
    const again = taken.filter((slab) => given.has(slab)).length;
    expect(again).toBeGreaterThan(0);
    expect(again * SLAB_BYTES).toBeLessThan(3_000_000);
  });
});
