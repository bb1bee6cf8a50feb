import { expect, test } from 'vitest';
import * as classic from 'zod';
import * as z from 'zod/mini';
import './zod-messages.ts';

test.each([
  [z.number(), 'x', 'must be a number'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.string(), undefined, 'is missing; it is text'],
  [z.boolean(), 'yes', 'true or false'],
  [z.array(z.string()), {}, 'must be a list'],
  [z.object({}), [], 'must be a mapping'],
  [z.strictObject({}), { a: 1, b: 2 }, 'there is no field a, b'],
  [z.enum(['red', 'green']), 'blue', 'must be one of red, green'],
  [
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('red') }),
      z.object({ type: z.literal('green') }),
    ]),
    { type: 'blue' },
    'must be one of red, green',
  ],
  [z.literal('red'), 'blue', 'must be red'],
  [z.number().check(z.maximum(10)), 11, 'at most 10'],
  [z.number().check(z.gt(0)), 0, 'more than 0'],
  [z.string().check(z.minLength(1)), '', 'at least 1 character'],
  [z.array(z.int()).check(z.maxLength(2)), [1, 2, 3], 'at most 2 items'],
  [z.string().check(z.regex(/^a$/)), 'b', 'must match /^a$/'],
  [classic.url(), 'b', 'must be a valid url'],
  [classic.number().max(3, 'three at most'), 4, 'three at most'],
])('says what is wrong in words (%#)', (schema, value, words) => {
  expect(schema.safeParse(value).error?.issues[0]?.message).toContain(words);
});
