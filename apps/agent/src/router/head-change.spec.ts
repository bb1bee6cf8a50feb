import { headerModifierSchema } from '@tulle/mesh/route';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { headChangeOf } from './head-change.ts';
import { requestFor } from './request.spec-support.ts';

type Declared = z.input<typeof headerModifierSchema>;
const nothingDropped = new Uint8Array(64);

function applied(modifiers: readonly Declared[], fields: Record<string, string>): string {
  const change = headChangeOf(modifiers.map((modifier) => headerModifierSchema.parse(modifier)));
  const head = requestFor('/', { fields });
  return head.kept(nothingDropped, change?.removed) + (change?.added ?? '');
}

it('sets, adds and removes', () => {
  const modifier = {
    set: [{ name: 'X-Set', value: 'new' }],
    add: [{ name: 'X-Add', value: 'more' }],
    remove: ['X-Remove'],
  };
  const fields = { 'x-set': 'old', 'x-add': 'one', 'x-remove': 'me', 'x-other': 'stays' };
  expect(applied([modifier], fields)).toBe('x-add: one\r\nx-other: stays\r\nx-set: new\r\nx-add: more\r\n');
  expect(applied([modifier], {})).toBe('x-set: new\r\nx-add: more\r\n');
});

it.each<[string, Declared, Declared, string]>([
  ['removes what the rule adds', { add: [{ name: 'a', value: '1' }] }, { remove: ['a'] }, ''],
  [
    'replaces what the rule sets',
    { set: [{ name: 'a', value: '1' }] },
    { set: [{ name: 'a', value: '2' }] },
    'a: 2\r\n',
  ],
  [
    'adds to what the rule sets',
    { set: [{ name: 'a', value: '1' }] },
    { add: [{ name: 'a', value: '2' }] },
    'a: 1\r\na: 2\r\n',
  ],
  ['adds what the rule removes', { remove: ['a'] }, { add: [{ name: 'a', value: '2' }] }, 'a: 2\r\n'],
])('a backend comes after its rule: it %s', (_what, rule, backend, expected) => {
  expect(applied([rule, backend], { a: '0' }).replace('a: 0\r\n', '')).toBe(expected);
});

it('is nothing when nothing changes', () => {
  expect(headChangeOf([])).toBeUndefined();
  expect(headChangeOf([headerModifierSchema.parse({})])).toBeUndefined();
});

it('is the same as one modifier after the other, whatever they are', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const field = fc.record({ name, value: fc.constantFrom('1', '2') });
  const modifier = fc.record({
    set: fc.array(field, { maxLength: 2 }),
    add: fc.array(field, { maxLength: 2 }),
    remove: fc.array(name, { maxLength: 2 }),
  });
  fc.assert(
    fc.property(fc.array(modifier, { maxLength: 3 }), fc.uniqueArray(name), (modifiers, present) => {
      let expected = present.map((one) => ({ name: one, value: '0' }));
      for (const { set, add, remove } of modifiers) {
        const gone = [...remove, ...set.map((one) => one.name)];
        expected = [...expected.filter((one) => !gone.includes(one.name)), ...set, ...add];
      }
      const change = headChangeOf(modifiers);
      const head = requestFor('/', { fields: Object.fromEntries(present.map((one) => [one, '0'])) });
      const lines = head.kept(nothingDropped, change?.removed) + (change?.added ?? '');
      expect(lines).toBe(expected.map(({ name: one, value }) => `${one}: ${value}\r\n`).join(''));
    }),
  );
});
