import type { Random } from './random.ts';

const methods = ['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'DELETE', 'M-SEARCH', 'PRI', 'x', ''];
const targets = [
  '/',
  '/a?b=c',
  '*',
  'http://a/x',
  'http://b',
  'https://a?x',
  '//a',
  'a:80',
  'a',
  '/%00',
  '/#f',
  '/\xe4',
];
const versions = [
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'http/1.1',
  'HTTP/11',
];
const statuses = [
  '200 OK',
  '200 ',
  '204 x',
  '304 x',
  '103 x',
  '500 \xe4',
  '100 Continue',
  '101 Switching',
  '200',
  '99 x',
  '2000 x',
];
/** Fields that may stand in any message. */
const goodFields = [
  'Connection: close',
  'Connection: keep-alive',
  'Connection: close, x-a, te',
  'Connection: upgrade',
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABk',
  'TE: trailers',
  'Trailer: T',
  'Expect: 100-continue',
  'X-A: b',
  'X-Empty:',
  'X: \xe4\xff',
  'x-tulle-source: me',
];
/** Fields that frame, and those that are badly written. */
const otherFields = [
  'Host: a',
  'host: b:80',
  'Content-Length: 3',
  'content-length:3',
  'Content-Length: 0',
  'Transfer-Encoding: chunked',
  'transfer-encoding:\tchunked\t',
  'Transfer-Encoding: CHUNKED',
  'Host: a b',
  'Host:',
  'Content-Length: 03',
  'Content-Length: +3',
  'Content-Length: 3, 3',
  'Content-Length: 0x3',
  'Content-Length: 18446744073709551619',
  'Content-Length : 3',
  'Content_Length: 3',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding\t: chunked',
  ' Transfer-Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'Connection: content-length',
  'Expect: 200-ok',
  'X-\xe4: y',
  'x y: z',
  ': z',
  'no colon',
];
const fields = [...goodFields, ...otherFields];
const ends = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n', '\n\r\n'];
const chunkSizes = ['3', '03', '3 ', ' 3', '3;e=1', '3;', '0x3', '-3', '4', 'fffffffffffffffff', '3\0'];
const trailers = ['T: 1', 'Content-Length: 3', 'Host: b', ' folded', 'T 1'];

/** What mutations put in. */
export const http1Tokens = [
  ...[
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '0\r\n\r\n',
    '3\r\nabc\r\n',
    'HTTP/1.1',
  ],
  ...fields.map((field) => `\r\n${field}`),
].map((token) => Buffer.from(token, 'latin1'));

type LineEnd = () => string;
const neatEnd: LineEnd = () => '\r\n';

function chunked(random: Random, end: LineEnd): string {
  let out = '';
  for (let count = random.below(3); count > 0; count--) {
    const size = random.oneIn(6) ? random.of(chunkSizes) : '3';
    out += `${size}${end()}abc${end()}`;
  }
  out += `0${end()}`;
  if (random.oneIn(4)) out += `${random.of(trailers)}${end()}`;
  return out + end();
}

/** Fields and body that belong together; the readers get to the next message. */
function neatRest(random: Random): string {
  let out = '';
  for (let count = random.below(3); count > 0; count--) out += `${random.of(goodFields)}\r\n`;
  switch (random.below(3)) {
    case 0:
      return `${out}Content-Length: 3\r\n\r\nabc`;
    case 1:
      return `${out}Transfer-Encoding: chunked\r\n\r\n${chunked(random, neatEnd)}`;
    default:
      return `${out}\r\n`;
  }
}

function wildRest(random: Random, end: LineEnd): string {
  let out = '';
  for (let count = random.below(4); count > 0; count--) out += random.of(fields) + end();
  out += end();
  switch (random.below(4)) {
    case 0:
      return `${out}abc`;
    case 1:
      return out + chunked(random, end);
    default:
      return out;
  }
}

/** A message that makes sense more often than not: noise never gets behind the first line. */
function message(random: Random, isResponse: boolean): string {
  const isNeat = random.oneIn(2);
  const isPlain = isNeat || random.below(4) > 0;
  const end = isNeat ? neatEnd : () => (random.oneIn(8) ? random.of(ends) : '\r\n');
  const start = isResponse
    ? `${!isNeat && random.oneIn(6) ? random.of(versions) : 'HTTP/1.1'} ${random.of(isNeat ? statuses.slice(0, 6) : statuses)}`
    : `${isPlain ? random.of(methods.slice(0, 5)) : random.of(methods)} ${random.of(isNeat ? targets.slice(0, 2) : targets)} ${isPlain ? 'HTTP/1.1' : random.of(versions)}`;
  let out = start + end();
  if (!isResponse && !random.oneIn(6)) out += `Host: a${end()}`;
  return out + (isNeat ? neatRest(random) : wildRest(random, end));
}

/** Messages behind each other, without the two bytes that choose circumstances. */
export function http1Stream(random: Random, isResponse: boolean): Buffer {
  let out = '';
  for (let count = 1 + random.below(3); count > 0; count--) out += message(random, isResponse);
  if (random.oneIn(200)) out = out.replace('\r\n', `\r\nX-Long: ${'y'.repeat(random.below(40_000))}\r\n`);
  return Buffer.from(out, 'latin1');
}
