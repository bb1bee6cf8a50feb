import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldIdOf } from '../../http/known-fields.ts';
import { decodeWith } from './collect.spec-support.ts';
import { Decoder } from './decoder.ts';
import { Encoder } from './encoder.ts';

const out = Buffer.alloc(64 * 1024);

function encode(encoder: Encoder, lines: readonly string[], sensitive = false): Buffer {
  encoder.begin(out, 0);
  for (const line of lines) {
    const id = fieldIdOf(Buffer.from(line, 'latin1'), 0, line.indexOf(':'));
    encoder.line(`${line}\r\n`, id, sensitive);
  }
  return Buffer.from(out.subarray(0, encoder.at));
}

const name = fc.string({ unit: fc.constantFrom(...'abcxyz-_09'), minLength: 1, maxLength: 12 });
const character = fc
  .integer({ min: 0x21, max: 0xff })
  .filter((code) => code !== 0x7f)
  .map((code) => String.fromCharCode(code));
const value = fc.oneof(
  fc.constantFrom('', 'a', 'application/json', 'gzip'),
  fc.string({ unit: character, maxLength: 300 }),
);
/** Among them several that share a number. */
const known = ['accept', 'server', 'cookie', 'x-a', 'x-tulle-a', 'x-tulle-b', 'x-real-ip', 'x-forwarded-for'];
const field = fc.tuple(fc.oneof(name, fc.constantFrom(...known)), value);
const forbidden = /^(connection|host|te|upgrade|keep-alive)$/;

it('is understood by a decoder, whatever the table holds and however large it is', () => {
  const sizes = fc.option(fc.constantFrom(0, 64, 200, 4096, 100_000), { nil: undefined });
  const blocks = fc.array(fc.tuple(sizes, fc.array(field, { maxLength: 12 })), { maxLength: 12 });
  fc.assert(
    fc.property(blocks, (all) => {
      const encoder = new Encoder(4096);
      const decoder = new Decoder(4096);
      for (const [size, fields] of all) {
        if (size !== undefined) encoder.setTableSize(size);
        const sent = fields.filter(([text]) => !forbidden.test(text));
        const block = encode(
          encoder,
          sent.map(([text, content]) => `${text}: ${content}`),
        );
        expect(decodeWith(decoder, block).map(([text, content]) => [text, content])).toEqual(sent);
      }
    }),
    { numRuns: 300 },
  );
});

describe('what repeats', () => {
  it('costs one byte from the second time on', () => {
    const encoder = new Encoder(4096);
    const lines = ['accept: */*', 'user-agent: test/1', 'x-own: 1'];
    encode(encoder, lines);
    expect(encode(encoder, lines)).toHaveLength(3);
  });

  it('is found by its text as received, in any case and with any white space', () => {
    const encoder = new Encoder(4096);
    const decoder = new Decoder(4096);
    const lines = ['X-Own:   a b\t ', 'X-Empty:', 'x-own:a b'];
    const found = [
      ['x-own', 'a b', false],
      ['x-empty', '', false],
      ['x-own', 'a b', false],
    ];
    expect(decodeWith(decoder, encode(encoder, lines))).toEqual(found);
    const again = encode(encoder, lines);
    expect(again).toHaveLength(3);
    expect(decodeWith(decoder, again)).toEqual(found);
  });
});

describe('what changes each time', () => {
  const changing = (turn: number) => [`traceparent: 00-1-${turn}-01`, `x-request-id: ${turn}`, 'date: now'];

  it('enters the table once, for its name', () => {
    const encoder = new Encoder(4096);
    encode(encoder, ['x-own: 1']);
    const [first, ...more] = Array.from({ length: 5 }, (_, turn) => encode(encoder, changing(turn)).length);
    // Names of 11 and 12 bytes, each with two bytes before it; an index of two bytes says the same.
    for (const length of more) expect(length).toBe((first as number) - 23);
    // The two names that no static table has stand before it; Date is in there.
    expect(encode(encoder, ['x-own: 1'])).toEqual(Buffer.of(0x80 | 64));
  });

  it('enters again when it was pushed out', () => {
    const encoder = new Encoder(4096);
    const decoder = new Decoder(4096);
    const filler = Array.from({ length: 6 }, (_, turn) => `x-long-${turn}: ${'x'.repeat(900)}`);
    for (let turn = 0; turn < 3; turn++) {
      const fields = [...changing(turn), ...filler];
      const found = decodeWith(decoder, encode(encoder, fields)).map(([text, value]) => `${text}: ${value}`);
      expect(found).toEqual(fields);
    }
  });

  it('is known by its name among whole lines of our own', () => {
    const encoder = new Encoder(4096);
    const lines = 'x-own: 1\r\ntraceparent: 00-1-2-01\r\n';
    const sent = () => {
      encoder.begin(out, 0);
      encoder.plainLines(lines);
      return encoder.at;
    };
    sent();
    expect(sent()).toBe(1 + 2 + 1 + '00-1-2-01'.length);
  });

  it('leaves names whose values never repeat out after a few', () => {
    const encoder = new Encoder(4096);
    encode(encoder, ['x-own: 1']);
    for (let turn = 0; turn < 100; turn++) encode(encoder, [`x-mine: ${turn}`]);
    // Only as many as there was credit for stand before it.
    expect(encode(encoder, ['x-own: 1'])).toEqual(Buffer.of(0x80 | 66));
  });

  it('lets those in that repeat, however many there are', () => {
    const encoder = new Encoder(4096);
    const paths = Array.from({ length: 20 }, (_, index) => `x-kind: ${index}`);
    for (let turn = 0; turn < 40; turn++) for (const path of paths) encode(encoder, [path]);
    for (const path of paths.slice(0, 4)) expect(encode(encoder, [path])).toHaveLength(1);
  });
});

it('sends secrets as literals that nobody may index, and what came as such too', () => {
  const encoder = new Encoder(4096);
  const decoder = new Decoder(4096);
  const lines = ['authorization: Bearer a', 'cookie: a=b', 'set-cookie: a=b'];
  for (let turn = 0; turn < 2; turn++) {
    const found = decodeWith(decoder, encode(encoder, lines));
    expect(found.map(([, , sensitive]) => sensitive)).toEqual([true, true, true]);
  }
  encode(encoder, ['x-key: 1']);
  expect(decodeWith(decoder, encode(new Encoder(4096), ['x-key: 1'], true))).toEqual([['x-key', '1', true]]);
});

it('leaves out what belongs to a connection of HTTP/1.1', () => {
  const lines = ['Connection: close', 'keep-alive: 1', 'transfer-encoding: chunked', 'upgrade: a', 'te: a'];
  expect(encode(new Encoder(4096), lines)).toHaveLength(0);
});

it('tells of the smallest table it had in between', () => {
  const encoder = new Encoder(4096);
  encode(encoder, ['x-own: 1']);
  encoder.setTableSize(0);
  encoder.setTableSize(4096);
  expect(encode(encoder, []).toString('hex')).toBe('203fe11f');
  expect(encode(encoder, ['x-own: 1']).length).toBeGreaterThan(1);
});
