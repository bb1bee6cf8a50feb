import fc from 'fast-check';
import { it } from 'vitest';
import { FLAG, FRAME } from './frame-header.ts';
import {
  block,
  data,
  frame,
  get,
  headers,
  post,
  rst,
  settings,
  windowUpdate,
} from './frames.spec-support.ts';
import { fuzzHttp2 } from './fuzz-target.ts';

const id = fc.integer({ min: 0, max: 11 });
const flags = fc.constantFrom(0, 1, 4, 5, 8, 9, 12, 13, 0x20, 0x25);
const noise = fc.uint8Array({ maxLength: 40 });
const response = block([[':status', '200']]);

/** Frames that make sense more often than not: pure noise never gets behind the first header. */
const piece = fc.oneof(
  fc.tuple(id, flags).map(([stream, bits]) => headers(stream, get, bits)),
  fc.tuple(id, flags).map(([stream, bits]) => headers(stream, post, bits)),
  fc.tuple(id, flags).map(([stream, bits]) => frame(FRAME.headers, bits, stream, response)),
  fc.tuple(id, noise, flags).map(([stream, bytes, bits]) => data(stream, bytes, bits)),
  fc.tuple(id, fc.nat({ max: 700 })).map(([stream, length]) => data(stream, Buffer.alloc(length))),
  fc.tuple(id, noise).map(([stream, bytes]) => frame(FRAME.headers, FLAG.endHeaders, stream, bytes)),
  fc.tuple(id, noise).map(([stream, bytes]) => frame(FRAME.continuation, FLAG.endHeaders, stream, bytes)),
  fc.tuple(id, fc.nat()).map(([stream, increment]) => windowUpdate(stream, increment)),
  fc.tuple(id, fc.nat({ max: 14 })).map(([stream, code]) => rst(stream, code)),
  fc.tuple(fc.nat({ max: 9 }), fc.nat()).map(([setting, value]) => settings([setting, value])),
  fc
    .tuple(fc.nat({ max: 11 }), flags, id, noise)
    .map(([type, bits, stream, bytes]) => frame(type, bits, stream, bytes)),
  noise,
);

it('takes anything', () => {
  const mode = fc.integer({ min: 0, max: 63 });
  fc.assert(
    fc.property(mode, fc.nat({ max: 255 }), fc.array(piece, { maxLength: 20 }), (bits, step, pieces) => {
      fuzzHttp2(Buffer.concat([Buffer.of(bits, step), ...pieces]));
    }),
    { numRuns: 1_500 },
  );
});
