import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dropTable, FIELD, hopByHop } from '../http/known-fields.ts';
import type { RequestHead, ResponseHead } from '../http/message-head.ts';
import { serialiseRequestHead, serialiseResponseHead } from '../http1/serialise.ts';
import { get, headers } from './frames.spec-support.ts';
import { http1Request, http1Response, passOn } from './heads.spec-support.ts';
import { Pair, serve } from './recording.spec-support.ts';
import type { ServerStream } from './server-stream.ts';

const dropped = dropTable(...hopByHop, FIELD.host);
const edit = { ...passOn, dropped };

/** A request of HTTP/1.1 through an HTTP/2 connection, and as it leaves in HTTP/1.1 again. */
function throughRequest(pair: Pair, text: string): string {
  const { stream } = pair.open();
  let again = '';
  pair.serverOwner.accept = (_, handler) => {
    handler.onHead = (head: RequestHead | ResponseHead) => {
      if ('method' in head) again = serialiseRequestHead(head, edit, '');
    };
  };
  stream.sendRequestHead(http1Request(text), edit, true);
  pair.exchange();
  stream.reset(8);
  return again;
}

function throughResponse(pair: Pair, text: string): string {
  const { stream, handler } = pair.open();
  let again = '';
  handler.onHead = (head: RequestHead | ResponseHead) => {
    if ('status' in head) again = serialiseResponseHead(head, edit, '');
  };
  stream.sendRequestHead(http1Request('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), edit, true);
  pair.exchange();
  pair.last.stream.sendResponseHead(http1Response(text), edit, true);
  pair.exchange();
  return again;
}

const token = fc.string({ unit: fc.constantFrom(..."!#$%&'*+-.^_`|~09AZaz"), minLength: 1, maxLength: 12 });
const byte = fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f);
const value = fc.array(byte, { maxLength: 60 }).map((codes) => String.fromCharCode(...codes).trim());
const field = fc.tuple(
  token.map((name) => `X-${name}`),
  value.filter((text) => !/^[\s\xa0]|[\s\xa0]$/.test(text)),
);
const path = fc.string({ unit: fc.constantFrom(...'abc/?&=%.-_~"<>[]{}'), maxLength: 20 });

it('keeps requests as they are, apart from the case of names', () => {
  const pair = new Pair();
  const arbitrary = fc.tuple(
    fc.constantFrom('GET', 'PUT', 'm-search'),
    path,
    fc.array(field, { maxLength: 8 }),
  );
  fc.assert(
    fc.property(arbitrary, ([method, rest, fields]) => {
      fc.pre(fields.every(([name]) => !/^x-(tulle-|forwarded)/i.test(name)));
      const lines = fields.map(([name, text]) => `${name}:  ${text} \r\n`).join('');
      const lower = fields.map(([name, text]) => `${name.toLowerCase()}: ${text}\r\n`).join('');
      const sent = `${method} /${rest} HTTP/1.1\r\nHost: a.mesh:80\r\n${lines}\r\n`;
      const expected = `${method} /${rest} HTTP/1.1\r\nhost: a.mesh:80\r\n${lower}\r\n`;
      expect(throughRequest(pair, sent)).toBe(expected);
    }),
    { numRuns: 300 },
  );
});

it('keeps responses as they are, apart from their reasons', () => {
  const pair = new Pair();
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), fc.array(field, { maxLength: 8 }), (status, fields) => {
      const lines = fields.map(([name, text]) => `${name}: ${text}\r\n`).join('');
      const lower = fields.map(([name, text]) => `${name.toLowerCase()}: ${text}\r\n`).join('');
      const again = throughResponse(pair, `HTTP/1.1 ${status} Fine\r\n${lines}\r\n`);
      expect(again.replace(/^(\S+ \d+) .*/, '$1')).toBe(`HTTP/1.1 ${status}\r\n${lower}\r\n`);
    }),
    { numRuns: 200 },
  );
});

describe('what the versions say differently', () => {
  function seen(text: string, change: Partial<typeof edit> = {}) {
    const pair = new Pair();
    const { stream } = pair.open();
    stream.sendRequestHead(http1Request(text), { ...passOn, ...change }, false);
    pair.exchange();
    const { head, fields } = pair.last.handler;
    return { head, fields };
  }

  it('says Host as :authority, and the body by its length or by its end', () => {
    const { head, fields } = seen('POST /a HTTP/1.1\r\nHost: b.mesh\r\nContent-Length: 3\r\n\r\n');
    expect(head).toEqual({
      method: 'POST',
      path: '/a',
      authority: 'b.mesh',
      scheme: 'http',
      form: 'origin',
      hasBody: true,
      acceptsTrailers: false,
      expectsContinue: false,
      contentLength: 3,
      chunked: false,
      upgrade: '',
      major: 2,
      ended: false,
    });
    expect(fields).toEqual([['content-length', '3']]);
    const chunked = seen('POST /a HTTP/1.1\r\nHost: b.mesh\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(chunked.head).toMatchObject({ contentLength: -1, chunked: true });
    expect(chunked.fields).toEqual([]);
  });

  it('leaves out the fields of the hop, though an edit forgets them', () => {
    const hop =
      'Connection: x-mine, close\r\nKeep-Alive: 1\r\nX-Mine: 1\r\nTE: trailers, gzip\r\nX-Kept: 1\r\n';
    const { head, fields } = seen(`POST / HTTP/1.1\r\nHost: a\r\n${hop}\r\n`, { dropped: dropTable() });
    expect(fields).toEqual([
      ['x-kept', '1'],
      ['te', 'trailers'],
    ]);
    expect(head).toMatchObject({ acceptsTrailers: true });
  });

  it('carries out an edit', () => {
    const { head, fields } = seen('GET /old HTTP/1.1\r\nHost: old\r\nX-A: 1\r\nX-B: 2\r\n\r\n', {
      removed: new Set(['x-a']),
      added: 'x-c: 3\r\ntraceparent: 00\r\n',
      path: '/new',
      authority: 'new:1',
    });
    expect(head).toMatchObject({ path: '/new', authority: 'new:1' });
    expect(fields).toEqual([
      ['x-b', '2'],
      ['x-c', '3'],
      ['traceparent', '00'],
    ]);
  });

  it('asks for WebSocket by extended CONNECT, and for nothing else', () => {
    const key = 'Sec-WebSocket-Key: a\r\nSec-WebSocket-Version: 13\r\n';
    const text = (protocol: string) =>
      `GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: ${protocol}\r\n${key}\r\n`;
    const { head, fields } = seen(text('WebSocket'));
    expect(head).toMatchObject({ method: 'CONNECT', path: '/ws', upgrade: 'websocket', form: 'origin' });
    expect(fields).toEqual([['sec-websocket-version', '13']]);
    expect(seen(text('h2c')).head).toMatchObject({ method: 'GET', upgrade: '' });
  });

  it('asks for no other protocol of a caller of HTTP/2 either, however long its name is', () => {
    const { owner } = serve([
      headers(1, [[':method', 'CONNECT'], ...get.slice(1), [':protocol', 'p'.repeat(20_000)]]),
    ]);
    const head = (owner.streams[0] as ServerStream).head;
    // As the side of the caller has read it.
    head.method = 'GET';
    const pair = new Pair();
    // Several of them, as one behind the other fill the piece of memory they are written to.
    for (let count = 0; count < 20; count++) pair.open().stream.sendRequestHead(head, passOn, true);
    pair.exchange();
    expect(pair.serverOwner.failure).toBeUndefined();
    expect(pair.serverOwner.handlers).toHaveLength(20);
    expect(pair.last.handler.head).toMatchObject({ method: 'GET', upgrade: '', path: '/' });
  });

  it('answers a switch of protocols with 200', () => {
    const pair = new Pair();
    const { stream, handler } = pair.open();
    const key = 'Connection: upgrade\r\nUpgrade: websocket\r\n';
    stream.sendRequestHead(http1Request(`GET /ws HTTP/1.1\r\nHost: a\r\n${key}\r\n`), passOn, false);
    pair.exchange();
    const accept = 'Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: b\r\n';
    pair.last.stream.sendResponseHead(http1Response(`HTTP/1.1 101 Go\r\n${accept}\r\n`), passOn, false);
    pair.exchange();
    expect(handler.head).toMatchObject({ status: 200, framing: 'tunnel' });
    expect(handler.fields).toEqual([]);
  });

  it('asks for OPTIONS * and opens tunnels', () => {
    expect(seen('OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n').head).toMatchObject({ form: 'asterisk', path: '*' });
    expect(seen('CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n').head).toMatchObject({
      form: 'authority',
      authority: 'a:443',
      scheme: '',
    });
  });

  it('keeps a sensitive field sensitive for those behind', () => {
    const pair = new Pair();
    const { stream } = pair.open();
    stream.sendRequestHead(
      http1Request('GET / HTTP/1.1\r\nHost: a\r\nCookie: a=b\r\nX: 1\r\n\r\n'),
      passOn,
      true,
    );
    let flags: boolean[] = [];
    pair.serverOwner.accept = (_, handler) => {
      handler.onHead = (head) => (flags = [head.isSensitiveAt(0), head.isSensitiveAt(1)]);
    };
    pair.exchange();
    // Cookies come last, as one line.
    expect(flags).toEqual([false, true]);
  });
});
