import { describe, expect, it } from 'vitest';
import { readRequests, readResponse } from './recording-sinks.spec-support.ts';
import { RequestReader } from './request-reader.ts';
import { ResponseReader } from './response-reader.ts';

describe('requests', () => {
  it('reads pipelined requests one after the other', () => {
    const sink = readRequests([
      'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: a\r\n\r\n',
    ]);
    expect(sink.messages.map(({ head, body }) => [head, body])).toMatchObject([
      [{ target: '/1' }, ''],
      [{ target: '/2' }, 'abc'],
      [{ target: '/3' }, ''],
    ]);
  });

  it('passes over an upgrade that has content before it', () => {
    const fields = 'Host: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n';
    const upgradeOf = (more: string) =>
      readRequests([`GET / HTTP/1.1\r\n${fields}${more}`]).messages.map(({ head }) => head);
    expect(upgradeOf('\r\n')).toMatchObject([{ upgrade: 'websocket' }]);
    expect(upgradeOf('Content-Length: 0\r\n\r\n')).toMatchObject([{ upgrade: 'websocket' }]);
    expect(upgradeOf('Content-Length: 1\r\n\r\na')).toMatchObject([{ upgrade: '' }]);
    expect(upgradeOf('Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n')).toMatchObject([{ upgrade: '' }]);
  });

  it('holds the next request while it is paused', () => {
    const heads: string[] = [];
    const reader: RequestReader = new RequestReader({
      onHead(head) {
        heads.push(head.target);
        reader.pause();
      },
      onBody() {},
      onEnd() {},
      onRefusal(error) {
        throw error;
      },
    });
    reader.push(Buffer.from('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n'));
    expect([heads, reader.isHolding]).toEqual([['/1'], true]);
    reader.resume();
    expect([heads, reader.isHolding]).toEqual([['/1', '/2'], false]);
  });

  it('reads chunks and trailers', () => {
    const [message] = readRequests([
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\n',
    ]).messages;
    expect(message).toMatchObject({ body: 'abc0123456789', trailers: [['X-Sum', '7']], ended: true });
  });

  it('gives body bytes out without copying them', () => {
    const bytes = Buffer.from('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc');
    let given: unknown;
    new RequestReader({
      onHead() {},
      onBody(body) {
        given = body;
      },
      onEnd() {},
      onRefusal() {},
    }).push(bytes);
    expect(given).toBe(bytes);
  });

  it('takes the host of an absolute target instead of Host', () => {
    const [message] = readRequests(['GET http://orders.mesh:80?x=1 HTTP/1.1\r\nHost: else\r\n\r\n']).messages;
    expect(message?.head).toMatchObject({ authority: 'orders.mesh:80', path: '/?x=1', form: 'absolute' });
  });

  it('tolerates one empty line before a request', () => {
    expect(readRequests(['\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n']).messages).toHaveLength(1);
    expect(readRequests(['\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n']).refusal).toBe('invalid-method');
  });

  it.each([
    ['HTTP/1.1', '', true],
    ['HTTP/1.1', 'Connection: close\r\n', false],
    ['HTTP/1.1', 'Connection: x, Close\r\n', false],
    ['HTTP/1.0', '', false],
    ['HTTP/1.0', 'Connection: Keep-Alive\r\n', true],
  ])('%s with %j is persistent: %s', (version, field, persistent) => {
    const [message] = readRequests([`GET / ${version}\r\nHost: a\r\n${field}\r\n`]).messages;
    expect(message?.head).toMatchObject({ persistent });
  });

  it('reports an upgrade only when Connection names it, and never of HTTP/1.0', () => {
    const upgrade = (connection: string, version = '1.1') =>
      readRequests([`GET / HTTP/${version}\r\nHost: a\r\nUpgrade: WebSocket\r\n${connection}\r\n`])
        .messages[0]?.head;
    expect(upgrade('Connection: Upgrade\r\n')).toMatchObject({ upgrade: 'websocket' });
    expect(upgrade('')).toMatchObject({ upgrade: '' });
    expect(upgrade('Connection: Upgrade\r\n', '1.0')).toMatchObject({ upgrade: '' });
  });
});

describe('responses', () => {
  it.each([
    ['GET', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab', 'length', 'ab'],
    ['GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n', 'chunked', 'ab'],
    ['GET', 'HTTP/1.1 200\r\n\r\nab', 'close', 'ab'],
    ['GET', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'none', ''],
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n', 'none', ''],
    ['HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'none', ''],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', 'none', ''],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n', 'none', ''],
  ])('%s answered by %j has framing %s', (method, text, framing, body) => {
    expect(readResponse([text], method).messages).toMatchObject([{ head: { framing }, body, ended: true }]);
  });

  it('gives interim responses before the final one', () => {
    const sink = readResponse([
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nX: a\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
    ]);
    expect(sink.messages.map(({ head, ended }) => [head, ended])).toMatchObject([
      [{ status: 100 }, false],
      [{ status: 103 }, false],
      [{ status: 204 }, true],
    ]);
  });

  it('passes everything behind 101 on as the other protocol', () => {
    const sink = readResponse(['HTTP/1.1 101 Switch\r\n\r\n\x81\x00GET', ' / anything'], 'GET', true);
    expect(sink.messages).toMatchObject([
      { head: { framing: 'tunnel' }, body: '\x81\x00GET / anything', ended: true },
    ]);
  });

  it('refuses any byte that comes without a request', () => {
    let code = '';
    const reader = new ResponseReader({
      onHead() {},
      onInterim() {},
      onBody() {},
      onEnd() {},
      onRefusal(error) {
        code = error.code;
      },
    });
    reader.push(Buffer.from('H'));
    expect(code).toBe('unexpected-response');
  });
});
