import { accepted, close, get, type Http1Shape, post, refused } from './http1-shape.ts';

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
  'GET /a HTTP/1.1\t',
  'GET /a HTTP/1',
  'GET /a HTTP/1.10',
  'GET /a HTTP/1.1.1',
  'GET /a HTTP/ 1.1',
  'GET /a HTTP/1,1',
  'GET /a\x0bHTTP/1.1',
  'GET /a?b#c HTTP/1.1',
  'GET /a\x7f HTTP/1.1',
  'GET http:/web/a HTTP/1.1',
  'GET ftp://web/a HTTP/1.1',
  'GET http://web#@other/a HTTP/1.1',
  'GET http://web:80@other/a HTTP/1.1',
  'GET http://web/a#b HTTP/1.1',
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
  'X\r: y',
  'X\r\n: y',
  'X\t: y',
  'X;: y',
  'X"Y": z',
  'X: a\x7f',
  'X: a\x0b',
  'X: a\r\r\nb: c',
  'X: a\n\rb: c',
  'X: a\r\n\tb: c',
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
  refused('a percent-encoded Host', `GET /a HTTP/1.1\r\nHost: %77eb\r\n${close}\r\n`),
  refused('a Host with NUL in percent-encoding', `GET /a HTTP/1.1\r\nHost: web%00\r\n${close}\r\n`),
  refused('a Host with a fragment', 'GET /a HTTP/1.1\r\nHost: web#other\r\n\r\n'),
  refused('a Host with a query', 'GET /a HTTP/1.1\r\nHost: web?other\r\n\r\n'),
  refused('a Host with a backslash', 'GET /a HTTP/1.1\r\nHost: web\\other\r\n\r\n'),
  refused('a Host in brackets', `GET /a HTTP/1.1\r\nHost: [web]\r\n${close}\r\n`),
  refused('a Host behind two colons', 'GET /a HTTP/1.1\r\nHost:: web\r\n\r\n'),
  refused('a Host that is folded', 'GET /a HTTP/1.1\r\nHost:\r\n web\r\n\r\n'),
  refused('a Host with a comma', 'GET /a HTTP/1.1\r\nHost: web, other\r\n\r\n'),
  refused('a Host before a space and colon', 'GET /a HTTP/1.1\r\nHost : other\r\nHost: web\r\n\r\n'),
  refused(
    'an absolute target with a percent-encoded slash',
    `GET http://web%2fother/a HTTP/1.1\r\nHost: web\r\n${close}\r\n`,
  ),
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
  refused(
    'Connection names Content-Length beside close',
    post('Connection: close, content-length\r\nContent-Length: 3\r\n', 'abc'),
  ),
  refused('Connection that is no list', get('/a', 'Connection: close;x\r\n')),
];

/** They are passed on byte for byte: what an element means is for the service alone. */
const paths = [
  '/a/../admin',
  '/a/..;/admin',
  '/a//admin',
  '/%61dmin',
  '/admin;x=1',
  '/a%2f..%2fadmin',
  '/a/%2e%2e/admin',
  '/a\\..\\admin',
  '/a%0d%0aX:%20y',
  '/a%23b',
  '/a%252e',
  '/a?b=/../c',
  '/a?b?c',
];
const passedPaths: readonly Http1Shape[] = [
  ...paths.map((path) => accepted(`path ${path}`, get(path, close), `GET ${path} `)),
  {
    ...accepted('path //admin', get('//admin', close), 'GET //admin '),
    // Python joins slashes.
    or: { seen: ['GET /admin '], answers: [200] },
  },
  {
    ...accepted('path /a%00b', get('/a%00b', close), 'GET /a%00b '),
    // nginx refuses it, and logs no target.
    or: { seen: ['GET  '], answers: ['refused'] },
  },
  accepted('a method to be overridden', post(`${close}X-HTTP-Method-Override: DELETE\r\n`, ''), 'POST /a '),
  accepted(
    'an absolute target with an odd scheme',
    `GET HTTP://web/a HTTP/1.1\r\nHost: x\r\n${close}\r\n`,
    'GET /a ',
  ),
];

export const headShapes: readonly Http1Shape[] = [
  ...badStartLines,
  ...badFieldLines,
  ...hosts,
  ...connection,
  ...passedPaths,
];
