import { accepted, close, get, type Http1Shape, post, refused, SMUGGLED } from './http1-shape.ts';

const bothFramings: readonly Http1Shape[] = [
  refused('CL.TE', post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\nG`)),
  refused(
    'TE.CL',
    post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `26\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  ),
  refused(
    'CL.TE in HTTP/1.0',
    `POST /a HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ),
  refused(
    'TE in HTTP/1.0 that keeps its connection',
    `POST /a HTTP/1.0\r\nHost: web\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ),
  refused(
    'TE in HTTP/1.0',
    `POST /a HTTP/1.0\r\nHost: web\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ),
];

const codings = [
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity, chunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding: 'chunked'",
  'Transfer-Encoding: chunked,',
  'Transfer-Encoding: ,chunked',
  'Transfer-Encoding:',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding:\x0cchunked',
  'Transfer-Encoding: chunked\x0b',
  'Transfer-Encoding: chunked\t',
  'Transfer-Encoding: \0chunked',
  'Transfer-Encoding: chunked\0',
  'Transfer-Encoding: \xa0chunked',
  'Transfer-Encoding: chun\xa0ked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding\t: chunked',
  'Transfer-Encoding\xa0: chunked',
  ' Transfer-Encoding: chunked',
  '\tTransfer-Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding:\n chunked',
  'Transfer-Encoding\r\n: chunked',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: x',
  'Transfer-Encoding: x\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  '\0Transfer-Encoding: chunked',
  'Transfer Encoding: chunked',
  '(Transfer-Encoding: chunked',
  'Transfer-Encoding:: chunked',
  'Transfer-Encoding;: chunked',
  'Transfer-Encoding: chunked:',
  'Transfer-Encoding: chunked#',
  'Transfer-Encoding: \\chunked',
  'Transfer-Encoding: c\rhunked',
  'Transfer-Encoding: \r\n chunked',
  'Transfer-Encoding: \x85chunked',
  'Transfer-Encoding\x0b: chunked',
  'Transfer-Encoding\0: chunked',
  'Transfer\xadEncoding: chunked',
  '\xef\xbb\xbfTransfer-Encoding: chunked',
  'X: y\r\r\nTransfer-Encoding: chunked',
  'X: y\r\n\rTransfer-Encoding: chunked',
  'X: y\n\rTransfer-Encoding: chunked',
];

/** One side would read chunks, the other a length: whatever cannot be meant in one way only is refused. */
const obfuscatedCodings: readonly Http1Shape[] = codings.flatMap((line) => [
  refused(`TE.TE alone, ${JSON.stringify(line)}`, post(`${line}\r\n`, `0\r\n\r\n${SMUGGLED}`)),
  refused(
    `TE.TE with a length, ${JSON.stringify(line)}`,
    post(`Content-Length: 5\r\n${line}\r\n`, `0\r\n\r\n${SMUGGLED}`),
  ),
]);

const harmlessCodings: readonly Http1Shape[] = [
  accepted(
    'chunked in capitals',
    post(`${close}Transfer-Encoding: CHUNKED\r\n`, '3\r\nabc\r\n0\r\n\r\n'),
    'POST /a abc',
  ),
  accepted(
    'chunked among spaces',
    post(`${close}Transfer-Encoding:  chunked \r\n`, '3\r\nabc\r\n0\r\n\r\n'),
    'POST /a abc',
  ),
  accepted(
    'a field with an underscore',
    post(`${close}Content-Length: 3\r\nTransfer_Encoding: chunked\r\n`, 'abc'),
    'POST /a abc',
  ),
  accepted(
    'a length with an underscore',
    post(`${close}Content-Length: 3\r\nContent_Length: 60\r\n`, 'abc'),
    'POST /a abc',
  ),
  accepted(
    'a coding of the content',
    post(`${close}Content-Length: 5\r\nContent-Encoding: chunked\r\n`, '0\r\n\r\n'),
    'POST /a 0\r\n\r\n',
  ),
];

const lengths = [
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 5\r\nContent-Length: 5',
  'Content-Length: 5, 5',
  'Content-Length: 5, 6',
  'Content-Length: +5',
  'Content-Length: -5',
  'Content-Length: 0x5',
  'Content-Length: 5 5',
  'Content-Length: 5\x0b',
  'Content-Length: 5;',
  'Content-Length: 5.0',
  'Content-Length: 5e0',
  'Content-Length: \xb2',
  'Content-Length: "5"',
  'Content-Length:',
  'Content-Length: 99999999999999999999',
  'Content-Length: 18446744073709551621',
  'Content-Length : 5',
  'Content-Length\0: 5',
  ' Content-Length: 5',
  'Content-Length:\r\n 5',
  'Content-Length: 5,',
  'Content-Length: ,5',
  'Content-Length: 5,5',
  'Content-Length: 5\r\nContent-Length:',
  'Content-Length: -0',
  'Content-Length: 1_0',
  'Content-Length: 0b101',
  'Content-Length: 5l',
  'Content-Length: 5\t5',
  'Content-Length:: 5',
  'Content-Length;: 5',
  'Content-Length\t: 5',
  'Content-Length\x0b: 5',
  'Content-Length\xa0: 5',
  'Content-Length: 9007199254740993',
  'Content-Length: \xef\xbc\x95',
  'Content-Length: \xa05',
  'Content-Length: 5\xa0',
  'Content-Length: \x0c5',
  'Content-Length: 5\0',
  '\tContent-Length: 5',
  '\0Content-Length: 5',
  'X: y\rContent-Length: 5',
  'X: y\nContent-Length: 5',
];
const badLengths: readonly Http1Shape[] = lengths.map((line) =>
  refused(`CL.CL, ${JSON.stringify(line)}`, post(`${line}\r\n`, `01234${SMUGGLED}`)),
);

const harmlessLengths: readonly Http1Shape[] = [
  accepted(
    'GET with a request as its body',
    get('/a', `${close}Content-Length: ${SMUGGLED.length}\r\n`) + SMUGGLED,
    `GET /a ${SMUGGLED}`,
  ),
  // CL.0 and TE.0: methods of which some servers do not expect content.
  ...['HEAD', 'OPTIONS', 'DELETE'].flatMap((method) => [
    accepted(
      `CL.0: ${method} with a request as its body`,
      `${method} /a HTTP/1.1\r\nHost: web\r\n${close}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
      `${method} /a ${SMUGGLED}`,
    ),
    accepted(
      `TE.0: ${method} with a request as its chunk`,
      `${method} /a HTTP/1.1\r\nHost: web\r\n${close}Transfer-Encoding: chunked\r\n\r\n${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
      `${method} /a ${SMUGGLED}`,
    ),
  ]),
  accepted(
    'a length in HTTP/1.0 that keeps its connection, then a request',
    `POST /a HTTP/1.0\r\nHost: web\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc${get('/b', close)}`,
    'POST /a abc',
    'GET /b ',
  ),
  accepted(
    'zero length, then a request',
    `${post('Content-Length: 0\r\n', '')}${get('/b', close)}`,
    'POST /a ',
    'GET /b ',
  ),
  accepted('no length, then a request', `${post('', '')}${get('/b', close)}`, 'POST /a ', 'GET /b '),
  accepted('a length with zeros before it', post(`${close}Content-Length: 0003\r\n`, 'abc'), 'POST /a abc'),
];

export const framingShapes: readonly Http1Shape[] = [
  ...bothFramings,
  ...obfuscatedCodings,
  ...harmlessCodings,
  ...badLengths,
  ...harmlessLengths,
];
