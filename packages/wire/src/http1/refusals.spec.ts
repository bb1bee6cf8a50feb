import { describe, expect, it } from 'vitest';
import type { WireErrorCode } from './errors.ts';
import { readRequests, readResponse } from './recording-sinks.spec-support.ts';

const host = 'Host: a\r\n';
const get = `GET / HTTP/1.1\r\n${host}`;
const post = `POST / HTTP/1.1\r\n${host}`;
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;

const refusedRequests: [WireErrorCode, string, string][] = [
  ['bare-lf', 'a request line ended by LF', 'GET / HTTP/1.1\nHost: a\r\n\r\n'],
  ['bare-lf', 'a field line ended by LF', 'GET / HTTP/1.1\r\nHost: a\n\r\n'],
  ['bare-cr', 'CR inside a value', `${get}X: a\rb\r\n\r\n`],
  ['bare-cr', 'CR CR LF', `${get}X: a\r\r\n\r\n`],
  ['invalid-request-line', 'HTTP/0.9', 'GET / HTP\r\n\r\n'],
  ['invalid-request-line', 'bytes after the version', `GET / HTTP/1.1 \r\n${host}\r\n`],
  ['invalid-target', 'two spaces before the target', `GET  / HTTP/1.1\r\n${host}\r\n`],
  ['invalid-method', 'no method', ` / HTTP/1.1\r\n${host}\r\n`],
  ['invalid-method', 'a method that is no token', `G(T / HTTP/1.1\r\n${host}\r\n`],
  ['invalid-method', 'a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['invalid-method', 'an endless method', 'A'.repeat(100)],
  ['invalid-target', 'a relative target', `GET index.html HTTP/1.1\r\n${host}\r\n`],
  ['invalid-target', 'a fragment', `GET /a#b HTTP/1.1\r\n${host}\r\n`],
  ['invalid-target', 'a byte above ASCII', `GET /\xe4 HTTP/1.1\r\n${host}\r\n`],
  ['invalid-target', 'NUL in the target', `GET /\0 HTTP/1.1\r\n${host}\r\n`],
  ['invalid-target', 'userinfo', `GET http://u@a/ HTTP/1.1\r\n${host}\r\n`],
  ['invalid-target', 'an unknown scheme', `GET ftp://a/ HTTP/1.1\r\n${host}\r\n`],
  ['invalid-target', '* for GET', `GET * HTTP/1.1\r\n${host}\r\n`],
  ['invalid-target', 'CONNECT without a port', `CONNECT a HTTP/1.1\r\n${host}\r\n`],
  ['unsupported-version', 'the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['unsupported-version', 'HTTP/1.2', `GET / HTTP/1.2\r\n${host}\r\n`],
  ['obsolete-fold', 'a folded value', `${get}X: a\r\n b\r\n\r\n`],
  ['obsolete-fold', 'white space before the first field', `GET / HTTP/1.1\r\n ${host}\r\n`],
  ['whitespace-before-colon', 'a space before the colon', `${get}X : a\r\n\r\n`],
  ['whitespace-before-colon', 'a tab before the colon', `${get}Content-Length\t: 1\r\n\r\n`],
  ['invalid-field-name', 'an empty name', `${get}: a\r\n\r\n`],
  ['invalid-field-name', 'no colon', `${get}X\r\n\r\n`],
  ['invalid-field-name', 'a separator in the name', `${get}X(: a\r\n\r\n`],
  ['invalid-field-name', 'NUL in the name', `${get}X\0: a\r\n\r\n`],
  ['invalid-field-value', 'NUL in the value', `${get}X: a\0\r\n\r\n`],
  ['invalid-field-value', 'DEL in the value', `${get}X: a\x7f\r\n\r\n`],
  ['missing-host', 'HTTP/1.1 without Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['duplicate-host', 'two equal Hosts', `${get}${host}\r\n`],
  ['invalid-host', 'an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n'],
  ['invalid-host', 'a path in Host', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['invalid-host', 'a list in Host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
  ['invalid-content-length', 'a sign', `${post}Content-Length: +1\r\n\r\n`],
  ['invalid-content-length', 'a negative one', `${post}Content-Length: -1\r\n\r\n`],
  ['invalid-content-length', 'hexadecimal', `${post}Content-Length: 0x1\r\n\r\n`],
  ['invalid-content-length', 'nothing', `${post}Content-Length: \r\n\r\n`],
  ['invalid-content-length', 'a list of equal numbers', `${post}Content-Length: 1, 1\r\n\r\n`],
  ['invalid-content-length', 'more than can be counted', `${post}Content-Length: 9999999999999999\r\n\r\n`],
  ['duplicate-content-length', 'two equal fields', `${post}Content-Length: 1\r\nContent-Length: 1\r\n\r\n`],
  [
    'conflicting-framing',
    'length, then coding',
    `${post}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ],
  [
    'conflicting-framing',
    'coding, then length',
    `${post}Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n`,
  ],
  ['unsupported-transfer-coding', 'gzip, chunked', `${post}Transfer-Encoding: gzip, chunked\r\n\r\n`],
  ['unsupported-transfer-coding', 'identity', `${post}Transfer-Encoding: identity\r\n\r\n`],
  [
    'unsupported-transfer-coding',
    'chunked twice',
    `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ],
  ['unsupported-transfer-coding', 'chunked, chunked', `${post}Transfer-Encoding: chunked, chunked\r\n\r\n`],
  ['unsupported-transfer-coding', 'xchunked', `${post}Transfer-Encoding: xchunked\r\n\r\n`],
  [
    'unsupported-transfer-coding',
    'a vertical tab before chunked',
    `${post}Transfer-Encoding: "chunked"\r\n\r\n`,
  ],
  [
    'transfer-coding-in-old-version',
    'chunked in HTTP/1.0',
    'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n',
  ],
  [
    'invalid-connection-option',
    'Connection that names Content-Length',
    `${post}Connection: close, Content-Length\r\n\r\n`,
  ],
  ['invalid-connection-option', 'Connection that names Host', `${get}Connection: host\r\n\r\n`],
  [
    'invalid-connection-option',
    'Connection that names 33 fields',
    `${get}Connection: ${'a,'.repeat(33)}\r\n\r\n`,
  ],
  [
    'invalid-connection-option',
    'Connection that names 33 fields one by one',
    `${get}${'Connection: a\r\n'.repeat(33)}\r\n`,
  ],
  ['invalid-connection-option', 'Connection with a quoted string', `${get}Connection: "close"\r\n\r\n`],
  [
    'unsupported-transfer-coding',
    'a tab behind chunked, which llhttp takes for another coding',
    `${post}Transfer-Encoding: chunked \t\r\n\r\n`,
  ],
  [
    'unsupported-expectation',
    'an unknown expectation in HTTP/1.0',
    'GET / HTTP/1.0\r\nExpect: 200-ok\r\n\r\n',
  ],
  [
    'content-of-connect',
    'CONNECT with a length',
    'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 1\r\n\r\nx',
  ],
  [
    'content-of-connect',
    'CONNECT with chunks',
    'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['unsupported-expectation', 'an unknown expectation', `${post}Expect: 200-ok\r\nContent-Length: 1\r\n\r\n`],
  ['head-too-large', 'one endless field', `${get}X: ${'a'.repeat(33_000)}`],
  ['head-too-large', 'an endless target', `GET /${'a'.repeat(33_000)}`],
  ['head-too-large', 'many large fields', `${get}${`X: ${'a'.repeat(1_000)}\r\n`.repeat(33)}\r\n`],
  ['too-many-fields', '129 fields', `${get}${'X: a\r\n'.repeat(128)}\r\n`],
  ['invalid-chunk-size', 'no digit', `${chunked}\r\n`],
  ['invalid-chunk-size', 'a sign', `${chunked}-1\r\n`],
  ['invalid-chunk-size', 'a prefix', `${chunked}0x1\r\n`],
  ['invalid-chunk-size', 'a space behind', `${chunked}1 \r\na\r\n`],
  ['invalid-chunk-size', 'too many digits', `${chunked}${'0'.repeat(13)}1\r\n`],
  ['chunk-extension', 'an extension', `${chunked}1;a=b\r\na\r\n`],
  ['bare-lf', 'a chunk size ended by LF', `${chunked}1\na\r\n`],
  ['bare-cr', 'a chunk size ended by CR', `${chunked}1\ra\r\n`],
  ['invalid-chunk-end', 'a chunk longer than it says', `${chunked}1\r\nab\r\n`],
  ['invalid-chunk-end', 'a chunk ended by LF', `${chunked}1\r\na\n`],
  ['forbidden-trailer', 'Content-Length as trailer', `${chunked}0\r\nContent-Length: 1\r\n\r\n`],
  ['forbidden-trailer', 'the mesh identity as trailer', `${chunked}0\r\nX-Tulle-Source: spiffe://x\r\n\r\n`],
  ['obsolete-fold', 'a folded trailer', `${chunked}0\r\nX: a\r\n b\r\n\r\n`],
  ['trailers-too-large', 'an endless trailer', `${chunked}0\r\nX: ${'a'.repeat(9_000)}`],
  ['too-many-fields', '33 trailers', `${chunked}0\r\n${'X: a\r\n'.repeat(33)}\r\n`],
];

describe('a request is refused', () => {
  it.each(refusedRequests)('%s: %s', (code, _what, text) => {
    expect(readRequests([text]).refusal).toBe(code);
    expect(readRequests([...text]).refusal).toBe(code);
  });
});

const ok = 'HTTP/1.1 200 OK\r\n';
const refusedResponses: [WireErrorCode, string, string][] = [
  ['invalid-status-line', 'another protocol', 'SSH-2.0-OpenSSH_9\r\n'],
  ['invalid-status-line', 'HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
  ['invalid-status-line', 'two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['invalid-status-line', 'four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['invalid-status-line', 'a status of 600', 'HTTP/1.1 600 OK\r\n\r\n'],
  ['invalid-status-line', 'NUL in the reason', 'HTTP/1.1 200 O\0\r\n\r\n'],
  [
    'conflicting-framing',
    'length and coding',
    `${ok}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
  ],
  ['duplicate-content-length', 'two lengths', `${ok}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`],
  ['unsupported-transfer-coding', 'a coding besides chunked', `${ok}Transfer-Encoding: gzip\r\n\r\n`],
  ['unexpected-response', 'a switch nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  [
    'too-many-interims',
    'interim heads without end, of fields',
    `HTTP/1.1 103 E\r\nLink: ${'a'.repeat(6_000)}\r\n\r\n`.repeat(12),
  ],
  ['too-many-interims', 'interim heads without end, of nothing', 'HTTP/1.1 102 \r\n\r\n'.repeat(2_000)],
  ['unexpected-response', 'a second answer', `${ok}Content-Length: 0\r\n\r\n${ok}`],
  ['truncated-message', 'an end inside the head', `${ok}X`],
  ['truncated-message', 'an end inside a counted body', `${ok}Content-Length: 2\r\n\r\na`],
  ['truncated-message', 'an end inside a chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n2\r\na`],
  ['truncated-message', 'an end before the last chunk', `${ok}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`],
];

describe('a response is refused', () => {
  it.each(refusedResponses)('%s: %s', (code, _what, text) => {
    expect(readResponse([text]).refusal).toBe(code);
    expect(readResponse([...text]).refusal).toBe(code);
  });
});

it('refuses nothing after a refusal, and reports nothing more', () => {
  const sink = readRequests([`${get}X : a\r\n\r\n`, `${get}\r\n`]);
  expect(sink.messages).toEqual([]);
});
