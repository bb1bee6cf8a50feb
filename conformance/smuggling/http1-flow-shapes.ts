import { accepted, close, get, type Http1Shape, post, refused, SMUGGLED } from './http1-shape.ts';

const expectations: readonly Http1Shape[] = [
  refused('an unknown expectation', post('Expect: 200-ok\r\nContent-Length: 3\r\n', 'abc')),
  ...[
    'Expect: 100-continue,',
    'Expect: 100-continue;',
    'Expect: ,100-continue',
    'Expect: y 100-continue',
    'Expect: 100-continue y',
    'Expect: "100-continue"',
    'Expect: 100 continue',
    'Expect: 100-continu\xe9',
    'Expect: 100-continue\0',
    'Expect : 100-continue',
    'Expect\t: 100-continue',
    ' Expect: 100-continue',
    'Expect:: 100-continue',
    'Expect:',
    'Expect: 100-continue\r\nExpect: 100-continue',
    'Expect: 100-continue\r\nExpect: x',
    'Expect: x\r\nExpect: 100-continue',
    'X: y\nExpect: 100-continue',
  ].map((line) =>
    refused(
      `expectation ${JSON.stringify(line)}`,
      post(`${line}\r\nContent-Length: ${SMUGGLED.length}\r\n`, SMUGGLED),
    ),
  ),
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
    'an expectation of no content, then a request',
    `${post('Expect: 100-continue\r\nContent-Length: 0\r\n', '')}${get('/b', close)}`,
    'POST /a ',
    'GET /b ',
  ),
  accepted(
    'an expectation of HEAD, then a request',
    `HEAD /a HTTP/1.1\r\nHost: web\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc${get('/b', close)}`,
    'HEAD /a abc',
    'GET /b ',
  ),
  accepted(
    'an expectation of chunks, then a request',
    `${post('Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n')}${get('/b', close)}`,
    'POST /a abc',
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
    'WebSocket with content, which is a request',
    `${get('/a', `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nContent-Length: ${SMUGGLED.length}\r\n`)}${SMUGGLED}${get('/b', close)}`,
    `GET /a ${SMUGGLED}`,
    'GET /b ',
  ),
  accepted(
    'h2c with content, which is a request',
    `${get('/a', `Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: ${SMUGGLED.length}\r\n`)}${SMUGGLED}${get('/b', close)}`,
    `GET /a ${SMUGGLED}`,
    'GET /b ',
  ),
  accepted(
    'h2c among other protocols',
    `${get('/a', 'Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n')}${get('/b', close)}`,
    'GET /a ',
    'GET /b ',
  ),
  {
    ...accepted(
      'WebSocket of a version there is not, then a request',
      `${get('/a', 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n')}${get('/b', close)}`,
      'GET /a ',
      'GET /b ',
    ),
    // The server of node takes none.
    or: { seen: ['upgrade GET /a', 'GET /b '], answers: ['refused', 200] },
  },
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
  {
    name: 'a good request and the preface of HTTP/2',
    bytes: `${get('/a')}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    seen: ['GET /a '],
    answers: [200, 'refused'],
  },
  accepted('an empty line before a request', `\r\n${get('/a', close)}`, 'GET /a '),
  accepted('what comes behind the last request', `${get('/a', close)}${SMUGGLED}`, 'GET /a '),
];

export const flowShapes: readonly Http1Shape[] = [...expectations, ...upgrades, ...pipelines];
