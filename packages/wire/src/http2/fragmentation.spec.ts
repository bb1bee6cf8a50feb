import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FLAG, FRAME } from './frame-header.ts';
import { block, data, ended, frame, headers, post } from './frames.spec-support.ts';
import { serve } from './recording.spec-support.ts';

const content = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 80 });
const field = fc.tuple(fc.constantFrom('x-a', 'x-b', 'accept'), fc.constantFrom('1', '2', 'abc'.repeat(20)));
const message = fc.record({
  fields: fc.array(field, { maxLength: 5 }),
  parts: fc.array(fc.tuple(content, fc.nat({ max: 20 })), { maxLength: 4 }),
  trailers: fc.array(field, { maxLength: 2 }),
  splitAt: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
});

it('reads the same however the bytes are cut', () => {
  const cuts = fc.array(fc.nat(), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), cuts, (messages, places) => {
      const bytes = Buffer.concat(
        messages.flatMap(({ fields, parts, trailers, splitAt }, index) => {
          const id = 1 + index * 2;
          const head = block([...post, ...fields]);
          const first = head.subarray(0, splitAt ?? head.length);
          const bodies = parts.map(([text, pad]) =>
            data(id, String.fromCharCode(pad) + text + '\0'.repeat(pad), FLAG.padded),
          );
          const end = trailers.length === 0 ? data(id, '', FLAG.endStream) : headers(id, trailers, ended);
          return [
            frame(FRAME.headers, splitAt === undefined ? FLAG.endHeaders : 0, id, first),
            ...(splitAt === undefined ? [] : [frame(FRAME.continuation, 4, id, head.subarray(splitAt))]),
            ...bodies,
            end,
          ];
        }),
      );
      const whole = serve([bytes]).owner.handlers;
      expect(whole).toHaveLength(messages.length);
      expect(whole.every((handler) => handler.ended)).toBe(true);
      const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
      const pieces = [0, ...at].map((start, index) => bytes.subarray(start, at[index] ?? bytes.length));
      expect(plain(serve(pieces).owner.handlers)).toEqual(plain(whole));
      const single = Array.from(bytes, (byte) => Buffer.of(byte));
      expect(plain(serve(single).owner.handlers)).toEqual(plain(whole));
    }),
    { numRuns: 100 },
  );
});

function plain(handlers: object[]): object[] {
  return handlers.map((handler) => ({ ...handler }));
}
