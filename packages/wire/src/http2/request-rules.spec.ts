import { describe, expect, it } from 'vitest';
import { CLOSED } from './closed-streams.ts';
import { ERROR } from './error-codes.ts';
import { FLAG, FRAME } from './frame-header.ts';
import { data, ended, type Fields, get, headers, post } from './frames.spec-support.ts';
import { serve } from './recording.spec-support.ts';

const without = (name: string): Fields => get.filter(([key]) => key !== name);
const with_ = (...more: [string, string][]): Fields => [...get, ...more];
const instead = (name: string, value: string): Fields =>
  get.map(([key, old]): [string, string] => [key, key === name ? value : old]);

const malformed: [string, Fields][] = [
  ['an upper-case name', with_(['X-A', '1'])],
  ['an empty name', with_(['', '1'])],
  ['a name that is no token', with_(['x a', '1'])],
  ['a name with a colon', with_(['x:a', '1'])],
  ['a value with a line end', with_(['x', 'a\r\nb: c'])],
  ['a value with a line feed', with_(['x', 'a\nb'])],
  ['a value with NUL', with_(['x', 'a\0b'])],
  ['a value with DEL', with_(['x', '\x7f'])],
  ['white space before a value', with_(['x', ' a'])],
  ['white space behind a value', with_(['x', 'a\t'])],
  ['Connection', with_(['connection', 'close'])],
  ['Keep-Alive', with_(['keep-alive', 'timeout=1'])],
  ['Proxy-Connection', with_(['proxy-connection', 'close'])],
  ['Transfer-Encoding', with_(['transfer-encoding', 'chunked'])],
  ['Upgrade', with_(['upgrade', 'websocket'])],
  ['HTTP2-Settings', with_(['http2-settings', 'a'])],
  ['TE other than trailers', with_(['te', 'trailers, gzip'])],
  ['no method', without(':method')],
  ['no scheme', without(':scheme')],
  ['no path', without(':path')],
  ['no authority', without(':authority')],
  ['an empty authority', instead(':authority', '')],
  ['userinfo', instead(':authority', 'u@a.mesh')],
  ['a path in the authority', instead(':authority', 'a/b')],
  ['an empty path', instead(':path', '')],
  ['a relative path', instead(':path', 'a')],
  ['an absolute target', instead(':path', 'http://a/')],
  ['* for GET', instead(':path', '*')],
  ['a fragment', instead(':path', '/a#b')],
  ['a space in the path', instead(':path', '/a b')],
  ['a byte above ASCII in the path', instead(':path', '/\xe4')],
  ['a method that is no token', instead(':method', 'G T')],
  ['an endless method', instead(':method', 'A'.repeat(33))],
  ['an unknown scheme', instead(':scheme', 'ftp')],
  ['an unknown pseudo-field', with_([':foo', '1'])],
  ['a pseudo-field of responses', with_([':status', '200'])],
  ['a pseudo-field twice', with_([':path', '/'])],
  ['a pseudo-field behind a field', [['x', '1'], ...get]],
  ['Host against :authority', with_(['host', 'b.mesh'])],
  ['two Hosts', [...without(':authority'), ['host', 'a'], ['host', 'a']]],
  ['a malformed Host', [...without(':authority'), ['host', 'a b']]],
  ['a Content-Length that is no number', with_(['content-length', '1x'])],
  ['an empty Content-Length', with_(['content-length', ''])],
  ['a list of Content-Lengths', with_(['content-length', '0, 0'])],
  ['two Content-Lengths', with_(['content-length', '0'], ['content-length', '0'])],
  ['more than can be counted', with_(['content-length', '9999999999999999'])],
  ['CONNECT with a path', instead(':method', 'CONNECT')],
  [
    'CONNECT without a port',
    [
      [':method', 'CONNECT'],
      [':authority', 'a'],
    ],
  ],
  [':protocol without CONNECT', with_([':protocol', 'websocket'])],
  [
    'extended CONNECT without a path',
    [[':method', 'CONNECT'], ...without(':path').slice(1), [':protocol', 'a']],
  ],
];

describe('a request is refused for', () => {
  it.each(malformed)('%s', (_what, fields) => {
    const { owner, resets, session } = serve([headers(1, fields, ended), headers(3, get, ended)]);
    expect(resets).toEqual([[1, ERROR.protocol]]);
    // The connection goes on.
    expect(owner.handlers).toHaveLength(1);
    expect(session.closedStreams.get(1)).toBe(CLOSED.resetByUs);
  });
});

describe('a request is taken with', () => {
  it.each<[string, Fields, object]>([
    ['Host that agrees', with_(['host', 'A.mesh']), { authority: 'a.mesh' }],
    ['Host alone', [...without(':authority'), ['host', 'b:80']], { authority: 'b:80' }],
    ['OPTIONS *', [[':method', 'OPTIONS'], ...instead(':path', '*').slice(1)], { form: 'asterisk' }],
    ['TE: trailers', with_(['te', 'Trailers']), { acceptsTrailers: true }],
    ['Content-Length: 0', with_(['content-length', '0']), { contentLength: 0, hasBody: false }],
    [
      'CONNECT',
      [
        [':method', 'CONNECT'],
        [':authority', 'a:1'],
      ],
      { form: 'authority', path: '', authority: 'a:1' },
    ],
    [
      'extended CONNECT',
      [[':method', 'CONNECT'], ...get.slice(1), [':protocol', 'WebSocket']],
      { form: 'origin', upgrade: 'websocket', path: '/' },
    ],
  ])('%s', (_what, fields, head) => {
    const { owner, resets } = serve([headers(1, fields, ended)]);
    expect(resets).toEqual([]);
    expect(owner.handlers[0]?.head).toMatchObject(head);
  });

  it('several cookies, as one line', () => {
    const { owner } = serve([headers(1, with_(['cookie', 'a=b'], ['x', '1'], ['cookie', 'c=d']), ended)]);
    expect(owner.handlers[0]?.fields).toEqual([
      ['x', '1'],
      ['cookie', 'a=b; c=d'],
    ]);
  });

  it('hundreds of cookies, as one line, and no more than a head may hold', () => {
    const cookies = (count: number): [string, string][] =>
      Array.from({ length: count }, (_, at) => ['cookie', `${at}=${'x'.repeat(20)}`]);
    const { owner } = serve([headers(1, with_(...cookies(400)), ended)]);
    const line = cookies(400)
      .map(([, value]) => value)
      .join('; ');
    expect(owner.handlers[0]?.fields).toEqual([['cookie', line]]);
    const refused = serve([headers(1, with_(...cookies(1_000)), ended)]);
    expect(refused.owner.handlers).toHaveLength(0);
    expect(refused.frames).toMatchObject([{ type: FRAME.headers, flags: ended }]);
  });
});

it('refuses extended CONNECT where it was not offered', () => {
  const fields: Fields = [[':method', 'CONNECT'], ...get.slice(1), [':protocol', 'websocket']];
  expect(serve([headers(1, fields)], { connectProtocol: false }).resets).toEqual([[1, ERROR.protocol]]);
});

describe('Content-Length has to be kept', () => {
  const length = (value: string): Fields => [...post, ['content-length', value]];

  it.each<[string, Buffer[]]>([
    ['no data', [headers(1, length('1'), ended)]],
    ['too much', [headers(1, length('2')), data(1, 'abc')]],
    ['too little', [headers(1, length('4')), data(1, 'abc', FLAG.endStream)]],
    [
      'too little before trailers',
      [headers(1, length('4')), data(1, 'abc'), headers(1, [['x', '1']], ended)],
    ],
  ])('%s', (_what, pieces) => {
    expect(serve(pieces).resets).toEqual([[1, ERROR.protocol]]);
  });

  it('exactly', () => {
    const { owner, resets } = serve([headers(1, length('3')), data(1, 'a'), data(1, 'bc', FLAG.endStream)]);
    expect(resets).toEqual([]);
    expect(owner.handlers[0]).toMatchObject({ body: 'abc', ended: true });
  });
});

describe('trailers', () => {
  it('come behind the body', () => {
    const { owner } = serve([headers(1, post), data(1, 'a'), headers(1, [['x-sum', '1']], ended)]);
    expect(owner.handlers[0]).toMatchObject({ body: 'a', trailers: [['x-sum', '1']], ended: true });
  });

  it.each<[string, Fields, number]>([
    ['without an end', [['x', '1']], FLAG.endHeaders],
    ['with a pseudo-field', [[':path', '/']], ended],
    ['with a field that frames', [['content-length', '1']], ended],
    ['with a field that routes', [['host', 'a']], ended],
    ['with a field of the mesh', [['x-tulle-source', 'a']], ended],
  ])('%s are refused', (_what, fields, flags) => {
    expect(serve([headers(1, post), headers(1, fields, flags)]).resets).toEqual([[1, ERROR.protocol]]);
  });
});

it('answers an expectation it does not know with 417', () => {
  const { frames, owner } = serve([headers(1, [...post, ['expect', 'miracles']], ended)]);
  expect(owner.handlers).toHaveLength(0);
  expect(frames[0]).toMatchObject({ type: FRAME.headers, stream: 1, flags: ended });
});

it('refuses a tunnel with content', () => {
  const tunnel = [...instead(':method', 'CONNECT'), [':protocol', 'websocket']] as Fields;
  expect(serve([headers(1, [...tunnel, ['content-length', '0']])]).resets).toEqual([]);
  const { resets, owner } = serve([headers(1, [...tunnel, ['content-length', '5']])]);
  expect([resets, owner.handlers]).toEqual([[[1, ERROR.protocol]], []]);
});
