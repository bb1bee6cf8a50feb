import { expect, test } from 'vitest';
import { reasonSchema } from './names.ts';

test('free text keeps its scripts and loses what would turn the text after it', () => {
  expect(reasonSchema.parse(' שלום \u202eabc\u202c \u2067x\u2069 ')).toBe('שלום abc x');
});
