import fc from 'fast-check';
import { expect, test } from 'vitest';
import { weightsSchema } from './traffic-split.ts';
import { normalise, rebalance, weightOf } from './weights.ts';

const names = fc.uniqueArray(fc.constantFrom('v1', 'v2', 'v3', 'v4', 'v5', 'v6'), { minLength: 1 });
const split = names.chain((versions) =>
  fc
    .array(fc.double({ min: 0, max: 100, noNaN: true }), {
      minLength: versions.length,
      maxLength: versions.length,
    })
    .map((weights) =>
      normalise(versions.map((version, index) => ({ version, weight: weights[index] ?? 0 }))),
    ),
);
const change = fc.record({
  split,
  version: fc.constantFrom('v1', 'v2', 'v3'),
  weight: fc.double({ min: -50, max: 150 }),
  locked: fc.subarray(['v1', 'v2', 'v3', 'v4', 'v5', 'v6']),
});

test('a rebalanced split is valid and leaves locked versions alone', () => {
  fc.assert(
    fc.property(change, ({ split, version, weight, locked }) => {
      const next = rebalance(split, version, weight, locked);
      expect(weightsSchema.safeParse(next).success).toBe(true);
      expect(next.map((entry) => entry.version)).toEqual(split.map((entry) => entry.version));
      for (const entry of split) {
        if (locked.includes(entry.version)) expect(weightOf(next, entry.version)).toBe(entry.weight);
      }
    }),
  );
});

test('the same change twice changes nothing more', () => {
  fc.assert(
    fc.property(change, ({ split, version, weight, locked }) => {
      const once = rebalance(split, version, weight, locked);
      expect(rebalance(once, version, weight, locked)).toEqual(once);
      expect(normalise(once)).toEqual(once);
    }),
  );
});

test('the others give in proportion', () => {
  const split = [
    { version: 'v1', weight: 60 },
    { version: 'v2', weight: 30 },
    { version: 'v3', weight: 10 },
  ];
  expect(rebalance(split, 'v3', 40).map((entry) => entry.weight)).toEqual([40, 20, 40]);
  expect(rebalance(split, 'v3', 40, ['v1']).map((entry) => entry.weight)).toEqual([60, 0, 40]);
  expect(rebalance(split, 'v3', 90, ['v1']).map((entry) => entry.weight)).toEqual([60, 0, 40]);
  expect(rebalance(split, 'v3', 40, ['v1', 'v2'])).toEqual(split);
  expect(rebalance(split, 'v3', 40, ['v3'])).toEqual(split);
  expect(rebalance(split, 'v9', 40)).toEqual(split);
});

test('others that have nothing take what is given up in equal parts', () => {
  const split = [
    { version: 'v2', weight: 0 },
    { version: 'v3', weight: 0 },
    { version: 'v1', weight: 100 },
  ];
  expect(rebalance(split, 'v1', 50)).toEqual([
    { version: 'v2', weight: 25 },
    { version: 'v3', weight: 25 },
    { version: 'v1', weight: 50 },
  ]);
});

test('a single version always has everything', () => {
  expect(rebalance([{ version: 'v1', weight: 100 }], 'v1', 20)).toEqual([{ version: 'v1', weight: 100 }]);
});

test('thirds come to exactly 100', () => {
  const thirds = ['v1', 'v2', 'v3'].map((version) => ({ version, weight: 1 }));
  expect(normalise(thirds).map((entry) => entry.weight)).toEqual([33.34, 33.33, 33.33]);
  expect(normalise([])).toEqual([]);
});

test('nonsense is normalised to something valid', () => {
  fc.assert(
    fc.property(names, fc.array(fc.double(), { minLength: 6, maxLength: 6 }), (versions, values) => {
      const weights = versions.map((version, index) => ({ version, weight: values[index] ?? 0 }));
      expect(weightsSchema.safeParse(normalise(weights)).success).toBe(true);
    }),
  );
});
