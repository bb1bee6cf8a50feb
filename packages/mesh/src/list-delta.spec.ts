import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deltaBetween, withDelta } from './list-delta.ts';

interface Member {
  readonly id: string;
  readonly figures: Record<string, number | string | null>;
}

const nameOf = ({ id }: Member) => id;
const member = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'a->b', 'é', '__proto__', '10', '9'),
  figures: fc.dictionary(fc.constantFrom('rate', 'p95'), fc.oneof(fc.nat(3), fc.constant(null))),
});
const list = fc
  .uniqueArray(member, { selector: nameOf })
  .map((members) => members.toSorted((a, b) => (a.id < b.id ? -1 : 1)));

test('whoever follows the deltas has what there is, whatever came, went and changed', () => {
  fc.assert(
    fc.property(fc.array(list, { minLength: 1, maxLength: 6 }), (states) => {
      let held: readonly Member[] = [];
      let sent: readonly Member[] = [];
      for (const state of states) {
        // As it comes over the wire.
        held = withDelta(held, structuredClone(deltaBetween(sent, state, nameOf)), nameOf);
        sent = state;
        expect(held).toEqual(state);
      }
    }),
  );
});

test('only what differs is told, and what is as it was stays the same object', () => {
  fc.assert(
    fc.property(list, list, (before, after) => {
      const delta = deltaBetween(before, after, nameOf);
      const same = after.filter((one) => !delta.set.includes(one));
      for (const one of same) expect(before).toContainEqual(one);
      const held = withDelta(before, delta, nameOf);
      for (const one of same) expect(before).toContain(held.find(({ id }) => id === one.id));
      expect(deltaBetween(after, structuredClone(after), nameOf)).toEqual({ set: [], gone: [] });
    }),
  );
});
