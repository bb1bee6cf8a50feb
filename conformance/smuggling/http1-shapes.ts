/** Bytes a client sends, what the server behind may see of them, and how the agent answers. */
export interface Http1Shape {
  readonly name: string;
  readonly bytes: string;
  /** `METHOD target body` of every request the server reads. */
  readonly seen: readonly string[];
  /** Statuses in their order; the last of a refusal stands for any of 400 to 599. */
  readonly answers: readonly (number | 'refused')[];
}

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: web\r\n\r\n';
const close = 'Connection: close\r\n';
const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: web\r\n${more}\r\n`;
const post = (fields: string, body: string) => `POST /a HTTP/1.1\r\nHost: web\r\n${fields}\r\n${body}`;

const refused = (name: string, bytes: string): Http1Shape => ({
  name,
  bytes,
  seen: [],
  answers: ['refused'],
});
const accepted = (name: string, bytes: string, ...seen: string[]): Http1Shape => ({
  name,
  bytes,
  seen,
  answers: seen.map(() => 200),
});

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
  accepted(
    'zero length, then a request',
    `${post('Content-Length: 0\r\n', '')}${get('/b', close)}`,
    'POST /a ',
    'GET /b ',
  ),
  accepted('no length, then a request', `${post('', '')}${get('/b', close)}`, 'POST /a ', 'GET /b '),
  accepted('a length with zeros before it', post(`${close}Content-Length: 0003\r\n`, 'abc'), 'POST /a abc'),
];

const chunks = [
  ['an extension', '3;x=y\r\nabc\r\n0\r\n\r\n'],
  ['an extension without a name', '3;\r\nabc\r\n0\r\n\r\n'],
  ['a line feed in an extension', `3;\nxx\r\nabc\r\n0\r\n\r\n`],
  ['a carriage return in an extension', `3;\rxx\r\nabc\r\n0\r\n\r\n`],
  ['an extension of the last chunk', `0;x=y\r\n\r\n${SMUGGLED}`],
  ['a space behind the size', `3 \r\nabc\r\n0\r\n\r\n`],
  ['a space before the size', ` 3\r\nabc\r\n0\r\n\r\n`],
  ['a size ended by a line feed', `3\nabc\r\n0\r\n\r\n`],
  ['a size ended by a carriage return', `3\rabc\r\n0\r\n\r\n`],
  ['a size with a sign', `+3\r\nabc\r\n0\r\n\r\n`],
  ['a negative size', `-3\r\nabc\r\n0\r\n\r\n`],
  ['a size with 0x', `0x3\r\nabc\r\n0\r\n\r\n`],
  ['a size with an underscore', `0_3\r\nabc\r\n0\r\n\r\n`],
  ['a size beyond 64 bits', `10000000000000003\r\nabc\r\n0\r\n\r\n`],
  ['no size', `\r\nabc\r\n0\r\n\r\n`],
  ['data longer than its size', `3\r\nabcd\r\n0\r\n\r\n`],
  ['data ended by a line feed', `3\r\nabc\n0\r\n\r\n`],
  ['data ended by two other bytes', `3\r\nabcXX0\r\n\r\n`],
  ['a last chunk ended by line feeds', `0\n\n${SMUGGLED}`],
  ['a trailer with a length', `0\r\nContent-Length: 5\r\n\r\n`],
  ['a trailer with a coding', `0\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ['a trailer with a host', `0\r\nHost: other\r\n\r\n`],
  ['a trailer with a field of the mesh', `0\r\nx-tulle-source: admin\r\n\r\n`],
  ['a folded trailer', `0\r\nX: y\r\n z\r\n\r\n`],
  ['a trailer without a colon', `0\r\nGET /smuggled HTTP/1.1\r\n\r\n`],
  ['a trailer ended by a line feed', `0\r\nX: y\n\r\n`],
] as const;
/** The head may have gone on already, so that the server sees a request without an end; it never sees a whole one. */
const chunkTricks: readonly Http1Shape[] = chunks.map(([name, body]) =>
  refused(`chunks with ${name}`, post('Transfer-Encoding: chunked\r\n', body)),
);

const startLines = [
  'GET  /a HTTP/1.1',
  'GET /a  HTTP/1.1',
  'GET /a HTTP/1.1 ',
  'GET\t/a\tHTTP/1.1',
  ' GET /a HTTP/1.1',
  'GET /a HTTP/1.1\x0b',
  'GET /a HTTP/1.1\0',
  'GET /a',
  'GET /a HTTP/1.2',
  'GET /a HTTP/2.0',
  'GET /a HTTP/01.1',
  'GET /a http/1.1',
  'GET /a HTTPS/1.1',
  'GE\0T /a HTTP/1.1',
  'GET: /a HTTP/1.1',
  'GET /a\0b HTTP/1.1',
  'GET /a b HTTP/1.1',
  'GET /a\rb HTTP/1.1',
  'GET /\xff HTTP/1.1',
  'GET /a#/b HTTP/1.1',
  'GET a HTTP/1.1',
  'GET * HTTP/1.1',
  'GET http:///a HTTP/1.1',
  'GET http://user@web/a HTTP/1.1',
  'GET http://web\\other/a HTTP/1.1',
  'GET //[ HTTP/1.1\x85',
  'CONNECT /a HTTP/1.1',
];
const badStartLines: readonly Http1Shape[] = startLines.map((line) =>
  refused(`request line ${JSON.stringify(line)}`, `${line}\r\nHost: web\r\n\r\n`),
);

const fieldLines = [
  'X: a\r\n b: c',
  'X:\r\n\ty',
  'X: a\0b',
  'X: a\rb',
  'X: a\nb: c',
  'X : y',
  'X Y: z',
  'X\0: z',
  'X\x7f: z',
  ': z',
  'no colon',
  '',
].map((line) => line || '\n');
const badFieldLines: readonly Http1Shape[] = [
  ...fieldLines.map((line) => refused(`field ${JSON.stringify(line)}`, get('/a', `${line}\r\n`))),
  refused('a fold before the first field', 'GET /a HTTP/1.1\r\n Host: web\r\n\r\n'),
  refused('line feeds alone', 'GET /a HTTP/1.1\nHost: web\n\n'),
  refused(
    'a head that ends with line feeds',
    'GET /a HTTP/1.1\r\nHost: web\n\nGET /smuggled HTTP/1.1\r\n\r\n',
  ),
  refused('a head too large', get('/a', `X: ${'y'.repeat(70_000)}\r\n`)),
  refused('too many fields', get('/a', 'X: y\r\n'.repeat(3_000))),
];

const hosts: readonly Http1Shape[] = [
  refused('no Host', 'GET /a HTTP/1.1\r\n\r\n'),
  refused('two Hosts', get('/a', 'Host: other\r\n')),
  refused('two equal Hosts', get('/a', 'Host: web\r\n')),
  refused('an empty Host', 'GET /a HTTP/1.1\r\nHost:\r\n\r\n'),
  refused('a Host with a space', 'GET /a HTTP/1.1\r\nHost: web other\r\n\r\n'),
  refused('a Host with a user', 'GET /a HTTP/1.1\r\nHost: other@web\r\n\r\n'),
  refused('a Host with a path', 'GET /a HTTP/1.1\r\nHost: web/other\r\n\r\n'),
  refused('a Host with a comma', 'GET /a HTTP/1.1\r\nHost: web, other\r\n\r\n'),
  refused('a Host before a space and colon', 'GET /a HTTP/1.1\r\nHost : other\r\nHost: web\r\n\r\n'),
  refused('absolute form for a service there is not, Host for one there is', get('http://other/a', close)),
  accepted(
    'absolute form against Host: the target counts',
    `GET http://web/a HTTP/1.1\r\nHost: other\r\n${close}\r\n`,
    'GET /a ',
  ),
];

const connection: readonly Http1Shape[] = [
  refused(
    'Connection names Content-Length',
    post('Connection: content-length\r\nContent-Length: 3\r\n', 'abc'),
  ),
  refused(
    'Connection names Transfer-Encoding',
    post('Connection: close, Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'),
  ),
  refused('Connection names Host', get('/a', 'Connection: host\r\n')),
  refused('Connection that is no list', get('/a', 'Connection: close;x\r\n')),
];

const expectations: readonly Http1Shape[] = [
  refused('an unknown expectation', post('Expect: 200-ok\r\nContent-Length: 3\r\n', 'abc')),
  refused('two expectations', post('Expect: 100-continue, x\r\nContent-Length: 3\r\n', 'abc')),
  refused('a folded expectation', post('Expect:\r\n 100-continue\r\nContent-Length: 3\r\n', 'abc')),
  refused(
    'an expectation with a vertical tab',
    post('Expect: 100-continue\x0b\r\nContent-Length: 3\r\n', 'abc'),
  ),
  accepted(
    'an expectation without a body, then a request',
    `${get('/a', 'Expect: 100-continue\r\n')}${get('/b', close)}`,
    'GET /a ',
    'GET /b ',
  ),
  accepted(
    'an expectation in HTTP/1.0 is ignored',
    `POST /a HTTP/1.0\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
    'POST /a abc',
  ),
  {
    name: 'an expectation with its body at once',
    bytes: post(`${close}Expect: 100-continue\r\nContent-Length: ${SMUGGLED.length}\r\n`, SMUGGLED),
    seen: [`POST /a ${SMUGGLED}`],
    answers: [200],
  },
];

const upgrades: readonly Http1Shape[] = [
  accepted(
    'h2c by Upgrade is not passed on',
    `${get('/a', 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n')}${get('/b', close)}`,
    'GET /a ',
    'GET /b ',
  ),
  accepted(
    'h2c without its settings',
    `${get('/a', 'Connection: Upgrade\r\nUpgrade: h2c\r\n')}${get('/b', close)}`,
    'GET /a ',
    'GET /b ',
  ),
  accepted(
    'Upgrade that Connection does not name',
    `${get('/a', 'Upgrade: websocket\r\n')}${get('/b', close)}`,
    'GET /a ',
    'GET /b ',
  ),
  refused(
    'CONNECT with a length',
    `CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  ),
  refused(
    'CONNECT with chunks',
    `CONNECT web:80 HTTP/1.1\r\nHost: web:80\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ),
  {
    name: 'CONNECT against Host: the target counts',
    bytes: `CONNECT other:80 HTTP/1.1\r\nHost: web\r\n\r\n${get('/smuggled', close)}`,
    seen: [],
    answers: [200, 'refused'],
  },
];

const pipelines: readonly Http1Shape[] = [
  {
    name: 'two good requests and one that is refused',
    bytes: `${get('/a')}${get('/b')}GET /c HTTP/1.1\nHost: web\n\n`,
    seen: ['GET /a ', 'GET /b '],
    answers: [200, 200, 'refused'],
  },
  {
    name: 'a good request and one with both framings',
    bytes: `${get('/a')}${post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')}${get('/c')}`,
    seen: ['GET /a '],
    answers: [200, 'refused'],
  },
  accepted('an empty line before a request', `\r\n${get('/a', close)}`, 'GET /a '),
  accepted('what comes behind the last request', `${get('/a', close)}${SMUGGLED}`, 'GET /a '),
];

export const http1Shapes: readonly Http1Shape[] = [
  ...bothFramings,
  ...obfuscatedCodings,
  ...harmlessCodings,
  ...badLengths,
  ...harmlessLengths,
  ...chunkTricks,
  ...badStartLines,
  ...badFieldLines,
  ...hosts,
  ...connection,
  ...expectations,
  ...upgrades,
  ...pipelines,
];
