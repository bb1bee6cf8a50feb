import fc from 'fast-check';
import { expect, it } from 'vitest';
import { dropTable, hopByHop } from '../http/known-fields.ts';
import { readRequests, readResponse } from './recording-sinks.spec-support.ts';
import { RequestReader } from './request-reader.ts';
import { chunkEnd, chunkStart, fieldLine, lastChunk, serialiseRequestHead } from './serialise.ts';

const tokenCharacters = "!#$%&'*+-.^_`|~0123456789ABCXYZabcxyz";
const token = fc.string({ unit: fc.constantFrom(...tokenCharacters), minLength: 1, maxLength: 20 });
const valueCharacter = fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f);
const value = fc
  .array(fc.oneof(valueCharacter, fc.constant(9)), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes).replace(/^[ \t]+|[ \t]+$/g, ''));
/** Names the codec gives no meaning to. */
const field = fc
  .tuple(
    token.map((name) => `x-${name}`),
    value,
  )
  .filter(([name]) => !/^x-(tulle-|forwarded)/i.test(name));
const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const path = fc
  .string({ unit: fc.constantFrom(...'abc/?&=%.-_~09[]{}"<>^`|\\'), maxLength: 30 })
  .map((rest) => `/${rest}`);

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PURGE', 'm-search'),
  path,
  fields: fc.array(field, { maxLength: 8 }),
  body: fc.option(body, { nil: undefined }),
  chunks: fc.option(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), {
    nil: undefined,
  }),
  trailers: fc.array(field, { maxLength: 3 }),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

function lines(fields: readonly [string, string][]): string {
  return fields.map(([name, text]) => fieldLine(name, text)).join('');
}

function chunked(text: string, sizes: readonly number[], trailers: readonly [string, string][]): string {
  let out = '';
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const piece = text.slice(at, at + (sizes[turn % sizes.length] ?? 1));
    out += chunkStart(piece.length) + piece + chunkEnd;
    at += piece.length;
  }
  return trailers.length === 0 ? out + lastChunk : `${out}0\r\n${lines(trailers)}\r\n`;
}

function write({ method, path, fields, body, chunks, trailers }: Request): string {
  const start = `${method} ${path} HTTP/1.1\r\nHost: a.mesh\r\n${lines(fields)}`;
  if (body === undefined) return `${start}\r\n`;
  if (chunks === undefined) return `${start}Content-Length: ${body.length}\r\n\r\n${body}`;
  return `${start}Transfer-Encoding: chunked\r\n\r\n${chunked(body, chunks, trailers)}`;
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, index) => text.slice(start, at[index] ?? text.length));
}

const places = fc.array(fc.nat(), { maxLength: 30 });

it('reads the same however the stream of requests is cut', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 4 }), places, (requests, at) => {
      const text = requests.map(write).join('');
      const whole = readRequests([text]);
      expect(whole.refusal).toBeUndefined();
      expect(whole.messages).toHaveLength(requests.length);
      expect(readRequests(cut(text, at))).toEqual(whole);
      expect(readRequests([...text])).toEqual(whole);
    }),
    { numRuns: 150 },
  );
});

it('reads what was written', () => {
  fc.assert(
    fc.property(request, (one) => {
      const [message] = readRequests([write(one)]).messages;
      expect(message?.head).toMatchObject({ method: one.method, path: one.path, authority: 'a.mesh' });
      expect(message?.fields.filter(([name]) => name.startsWith('x-'))).toEqual(one.fields);
      expect(message?.body).toBe(one.body ?? '');
      expect(message?.ended).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('writes what it read: all but the fields of the hop', () => {
  const edit = {
    dropped: dropTable(...hopByHop),
    removed: undefined,
    added: 'x-added: 1\r\n',
    path: '',
    authority: '',
  };
  fc.assert(
    fc.property(request, token, (one, nominated) => {
      fc.pre(!/^(close|keep-alive|upgrade|host|content-length|transfer-encoding)$/i.test(nominated));
      const hop = `Connection: close, ${nominated}\r\nKeep-Alive: timeout=1\r\n${nominated}: gone\r\nTE: trailers\r\n`;
      fc.pre(!/^(expect|x-tulle-.*)$/i.test(nominated));
      let again = '';
      const text = `GET ${one.path} HTTP/1.1\r\nHost: a\r\n${hop}${lines(one.fields)}\r\n`;
      new RequestReader({
        onHead(head) {
          again = serialiseRequestHead(head, edit, '');
        },
        onBody() {},
        onEnd() {},
        onRefusal(error) {
          throw error;
        },
      }).push(Buffer.from(text, 'latin1'));
      const kept = one.fields.filter(([name]) => name.toLowerCase() !== nominated.toLowerCase());
      expect(again).toBe(`GET ${one.path} HTTP/1.1\r\nHost: a\r\n${lines(kept)}x-added: 1\r\n\r\n`);
    }),
    { numRuns: 300 },
  );
});

it('reads the same however a response is cut', () => {
  fc.assert(
    fc.property(
      fc.array(field, { maxLength: 8 }),
      body,
      fc.constantFrom('length', 'chunked', 'close'),
      places,
      (fields, content, framing, at) => {
        const head = `HTTP/1.1 200 Fine\r\n${lines(fields)}`;
        const text =
          framing === 'length'
            ? `${head}Content-Length: ${content.length}\r\n\r\n${content}`
            : framing === 'chunked'
              ? `${head}Transfer-Encoding: chunked\r\n\r\n${chunked(content, [7, 1], fields.slice(0, 1))}`
              : `${head}\r\n${content}`;
        const whole = readResponse([text]);
        expect(whole.refusal).toBeUndefined();
        expect(whole.messages[0]?.body).toBe(content);
        expect(readResponse(cut(text, at))).toEqual(whole);
      },
    ),
    { numRuns: 200 },
  );
});

it('never throws and never stops at arbitrary bytes', () => {
  const fragments = fc.constantFrom(
    'GET ',
    '/ ',
    'HTTP/1.1',
    '\r\n',
    '\r',
    '\n',
    'Host: a',
    ': ',
    'Content-Length: 1',
    'Transfer-Encoding: chunked',
    '0',
    'ff',
    ';',
    ' ',
    '\0',
    '\t',
    'POST',
    'Connection: close',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fragments, body), { maxLength: 30 }), (pieces) => {
      expect(readRequests(pieces)).toEqual(readRequests([pieces.join('')]));
    }),
    { numRuns: 500 },
  );
});

it('refuses to write a field that could end the head', () => {
  expect(() => fieldLine('x', 'a\r\nb: c')).toThrow(RangeError);
  expect(() => fieldLine('x y', 'a')).toThrow(RangeError);
  expect(() => fieldLine('x', 'a\0')).toThrow(RangeError);
  expect(() => fieldLine('x', '😀')).toThrow(RangeError);
});
