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
  '200',
  '200 ',
  '204 x',
  '304 x',
  '100 Continue',
  '101 Switching',
  '103 x',
  '500 \xe4',
  '99 x',
  '2000 x',
];
/** Fields that frame or steer, well written and badly. */
const fields = [
  'Host: a',
  'Host: a',
  'host: b:80',
  'Host: a b',
  'Host:',
  'Content-Length: 3',
  'Content-Length: 3',
  'Content-Length: 0',
  'content-length:3',
  'Content-Length: 03',
  'Content-Length: +3',
  'Content-Length: 3, 3',
  'Content-Length: 0x3',
  'Content-Length: 18446744073709551619',
  'Content-Length : 3',
  'Content_Length: 3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked',
  'transfer-encoding:\tchunked\t',
  'Transfer-Encoding: CHUNKED',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding\t: chunked',
  ' Transfer-Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'Connection: close',
  'Connection: keep-alive',
  'Connection: close, x-a, te',
  'Connection: content-length',
  'Connection: upgrade',
  'Connection: Upgrade, HTTP2-Settings',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'HTTP2-Settings: AAMAAABk',
  'TE: trailers',
  'Trailer: T',
  'Expect: 100-continue',
  'Expect: 200-ok',
  'X-A: b',
  'X-Empty:',
  'X-\xe4: y',
  'X: \xe4\xff',
  'x-tulle-source: me',
  'x y: z',
  ': z',
  'no colon',
];
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

function end(random: Random): string {
  return random.oneIn(8) ? random.of(ends) : '\r\n';
}

function chunked(random: Random): string {
  let out = '';
  for (let count = random.below(3); count > 0; count--) {
    const size = random.oneIn(6) ? random.of(chunkSizes) : '3';
    out += `${size}${end(random)}abc${end(random)}`;
  }
  out += `0${end(random)}`;
  if (random.oneIn(4)) out += `${random.of(trailers)}${end(random)}`;
  return out + end(random);
}

/** A message that makes sense more often than not: noise never gets behind the first line. */
function message(random: Random, isResponse: boolean): string {
  const plain = random.below(4) > 0;
  const start = isResponse
    ? `${random.oneIn(6) ? random.of(versions) : 'HTTP/1.1'} ${random.of(statuses)}`
    : `${plain ? random.of(methods.slice(0, 5)) : random.of(methods)} ${random.of(targets)} ${plain ? 'HTTP/1.1' : random.of(versions)}`;
  let out = start + end(random);
  if (!isResponse && !random.oneIn(6)) out += `Host: a${end(random)}`;
  for (let count = random.below(4); count > 0; count--) out += random.of(fields) + end(random);
  out += end(random);
  switch (random.below(4)) {
    case 0:
      return `${out}abc`;
    case 1:
      return out + chunked(random);
    default:
      return out;
  }
}

/** Messages behind each other, without the two bytes that choose circumstances. */
export function http1Stream(random: Random, isResponse: boolean): Buffer {
  let out = '';
  for (let count = 1 + random.below(3); count > 0; count--) out += message(random, isResponse);
  if (random.oneIn(200)) out = out.replace('\r\n', `\r\nX-Long: ${'y'.repeat(random.below(40_000))}\r\n`);
  return Buffer.from(out, 'latin1');
}
