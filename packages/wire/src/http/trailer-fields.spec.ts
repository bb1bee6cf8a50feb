import { describe, expect, it } from 'vitest';
import { RequestReader } from '../http1/request-reader.ts';
import { lastChunkWith } from '../http1/serialise.ts';
import { headers, post } from '../http2/frames.spec-support.ts';
import { passOn } from '../http2/heads.spec-support.ts';
import { Pair, serve } from '../http2/recording.spec-support.ts';
import type { FieldSection } from './field-section.ts';

type Fields = readonly (readonly [string, string])[];

const head = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

/** What a reader of HTTP/1.1 gives of a message with these trailers, as it leaves in HTTP/1.1. */
function throughHttp1(fields: Fields): string {
  let left = '';
  const reader = new RequestReader({
    onHead() {},
    onBody() {},
    onEnd: (trailers) => (left = lastChunkWith(trailers)),
    onRefusal: ({ code }) => (left = code),
  });
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  reader.push(Buffer.from(`${head}0\r\n${lines}\r\n`, 'latin1'));
  return left;
}

/** The same of HTTP/2: as it leaves in HTTP/1.1, and what comes out of another connection of HTTP/2. */
function throughHttp2(fields: Fields): [inHttp1: string, inHttp2: Fields | undefined] {
  const pair = new Pair();
  const { stream } = pair.open();
  let left = '';
  const { owner, session } = serve([headers(1, post)]);
  const from = owner.streams[0];
  if (from === undefined) throw new Error('no stream came');
  stream.sendRequestHead(from.head, passOn, false);
  from.handler.onEnd = (trailers: FieldSection | undefined) => {
    left = lastChunkWith(trailers);
    stream.sendEnd(trailers);
  };
  session.push(headers(1, fields, 5), 0);
  pair.exchange();
  return [left, pair.last.handler.trailers];
}

const kept: Fields = [
  ['x-checksum', '1'],
  ['etag', '"a"'],
  ['server-timing', 'db;dur=1'],
  ['content-digest', 'sha-256=:a:'],
  ['grpc-status', '0'],
  ['grpc-message', 'fine'],
  ['grpc-status-details-bin', 'AA'],
];

describe('trailers pass on', () => {
  const text = `0\r\n${kept.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;

  it('from HTTP/1.1', () => expect(throughHttp1(kept)).toBe(text));

  it('from HTTP/2, in either version', () => expect(throughHttp2(kept)).toEqual([text, kept]));
});

describe('a field that means something in a head alone is left out of trailers', () => {
  it.each([
    'authorization',
    'cookie',
    'set-cookie',
    'www-authenticate',
    'content-type',
    'content-encoding',
    'content-range',
    'cache-control',
    'max-forwards',
    'range',
    'if-match',
    'if-none-match',
    'access-control-allow-origin',
    'sec-websocket-key',
    'x-http-method-override',
    'location',
    'content_type',
  ])('%s', (name) => {
    const fields: Fields = [
      ['x-a', '1'],
      [name, '2'],
      ['x-b', '3'],
    ];
    const text = '0\r\nx-a: 1\r\nx-b: 3\r\n\r\n';
    expect(throughHttp1(fields.map(([name, value]) => [name.toUpperCase(), value]))).toBe(text.toUpperCase());
    expect(throughHttp2(fields)).toEqual([
      text,
      [
        ['x-a', '1'],
        ['x-b', '3'],
      ],
    ]);
  });
});

describe('a trailer is refused that frames, routes or says who sent it', () => {
  it.each([
    'host',
    'content-length',
    'transfer-encoding',
    'x-tulle-source',
    'x_tulle_source',
    'forwarded',
    'x-forwarded-for',
    'x-real-ip',
  ])('%s', (name) => {
    expect(throughHttp1([[name, 'a']])).toBe('forbidden-trailer');
    expect(serve([headers(1, post), headers(1, [[name, 'a']], 5)]).resets).toEqual([[1, 1]]);
  });
});
