import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Draft } from './draft.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
const place = fc.nat({ max: 50 });

function draftOf(content: Uint8Array): Draft {
  const draft = new Draft();
  draft.add(content);
  return draft;
}

it('puts a part in place of bytes', () => {
  fc.assert(
    fc.property(bytes, place, place, bytes, (content, some, count, part) => {
      const at = Math.min(some, content.length);
      const draft = draftOf(content);
      draft.replace(at, count, part);
      const expected = Buffer.concat([content.subarray(0, at), part, content.subarray(at + count)]);
      expect(draft.take()).toEqual(expected);
    }),
  );
});

it('says bytes twice', () => {
  fc.assert(
    fc.property(bytes, place, place, (content, some, count) => {
      const at = Math.min(some, content.length);
      const draft = draftOf(content);
      draft.repeat(at, at + count);
      const expected = Buffer.concat([content.subarray(0, at + count), content.subarray(at)]);
      expect(draft.take()).toEqual(expected);
    }),
  );
});

it('gives copies, of at most so many bytes', () => {
  const draft = draftOf(Buffer.from('abc'));
  const taken = draft.take(2);
  draft.bytes[0] = 0;
  expect(taken.toString()).toBe('ab');
});
