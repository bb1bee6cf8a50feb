import { FLAG } from '@tulle/wire/http2/frame-header';
import { data, ended, type Fields, headers } from '@tulle/wire/http2/frames.spec-support';

/** Frames of a client on stream 1, and what the server behind may see of them. */
export interface Http2Shape {
  readonly name: string;
  readonly frames: readonly Buffer[];
  /** `METHOD target body` of every request the server reads; undefined: none that was not asked for, or its head alone. */
  readonly seen: readonly string[];
  /** What the client gets: a status, or a refusal (a reset, GOAWAY, or a status of 400 to 599). */
  readonly answer: number | 'refused';
  /** The server may also have seen this instead of nothing: the head was good, what followed was not. */
  readonly mayHaveSeen?: string;
}

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: web\r\n\r\n';

const pseudo = (changes: Readonly<Record<string, string | undefined>> = {}): [string, string][] =>
  Object.entries({
    ':method': 'GET',
    ':scheme': 'http',
    ':path': '/a',
    ':authority': 'web',
    ...changes,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
const postHead = pseudo({ ':method': 'POST' });

const refused = (name: string, fields: Fields): Http2Shape => ({
  name,
  frames: [headers(1, fields, ended)],
  seen: [],
  answer: 'refused',
});
const accepted = (name: string, fields: Fields, seen: string): Http2Shape => ({
  name,
  frames: [headers(1, fields, ended)],
  seen: [seen],
  answer: 200,
});
/** Head and body; the head may be passed on before the body is known to be wrong. */
const refusedBody = (name: string, fields: Fields, body: string, mayHaveSeen?: string): Http2Shape => ({
  name,
  frames: [headers(1, fields), data(1, body, FLAG.endStream)],
  seen: [],
  answer: 'refused',
  ...(mayHaveSeen === undefined ? {} : { mayHaveSeen }),
});

const lengths: readonly Http2Shape[] = [
  refusedBody(
    'H2.CL: a length of zero before data',
    [...postHead, ['content-length', '0']],
    SMUGGLED,
    'POST /a ',
  ),
  refusedBody(
    'H2.CL: a length shorter than the data',
    [...postHead, ['content-length', '4']],
    SMUGGLED,
    `POST /a ${SMUGGLED.slice(0, 4)}`,
  ),
  refusedBody('H2.CL: a length longer than the data', [...postHead, ['content-length', '400']], SMUGGLED),
  refused('H2.CL: a length and no data', [...postHead, ['content-length', '5']]),
  refusedBody('two lengths', [...postHead, ['content-length', '3'], ['content-length', '4']], 'abc'),
  refusedBody('a list of lengths', [...postHead, ['content-length', '3, 3']], 'abc'),
  refusedBody('a length with a sign', [...postHead, ['content-length', '+3']], 'abc'),
  ...['-0', '0x3', '3,', '1_0', '3 3', '\xb3', '99999999999999999999'].map((length) =>
    refusedBody(`a length ${length}`, [...postHead, ['content-length', length]], 'abc'),
  ),
  // H2.0: methods of which some servers do not expect content.
  ...['GET', 'HEAD', 'OPTIONS', 'DELETE'].map((method) => ({
    name: `H2.0: ${method} with a body that is a request`,
    frames: [headers(1, pseudo({ ':method': method })), data(1, SMUGGLED, FLAG.endStream)],
    seen: [`${method} /a ${SMUGGLED}`],
    answer: 200,
  })),
  refusedBody('a length with a line end', [...postHead, ['content-length', '3\r\nx: y']], 'abc'),
  {
    name: 'a body that is a request',
    frames: [headers(1, postHead), data(1, SMUGGLED, FLAG.endStream)],
    seen: [`POST /a ${SMUGGLED}`],
    answer: 200,
  },
];

const connectionFields = [
  ['transfer-encoding', 'chunked'],
  ['transfer-encoding', 'identity'],
  ['connection', 'close'],
  ['connection', 'transfer-encoding'],
  ['keep-alive', 'timeout=5'],
  ['proxy-connection', 'close'],
  ['upgrade', 'h2c'],
  ['te', 'chunked'],
  ['te', 'trailers, chunked'],
] as const;
const ofTheConnection: readonly Http2Shape[] = connectionFields.map(([name, value]) =>
  refusedBody(`H2.TE: ${name}: ${value}`, [...postHead, [name, value]], `0\r\n\r\n${SMUGGLED}`),
);

const hostileBytes = ['\r\n', '\n', '\r', '\0', '\r\n\r\n'];
const injections: readonly Http2Shape[] = hostileBytes.flatMap((bytes) => {
  const shown = JSON.stringify(bytes);
  const tail = `${bytes}Transfer-Encoding: chunked`;
  return [
    refused(`${shown} in a value`, [...pseudo(), ['x', `y${tail}`]]),
    refused(`${shown} in a name`, [...pseudo(), [`x: y${tail}`, 'z']]),
    refused(`${shown} in :path`, pseudo({ ':path': `/a HTTP/1.1${bytes}Host: web${bytes}X: y` })),
    refused(`${shown} in :method`, pseudo({ ':method': `GET /smuggled HTTP/1.1${bytes}Host: web${bytes}` })),
    refused(`${shown} in :authority`, pseudo({ ':authority': `web${bytes}x: y` })),
    refused(`${shown} in :scheme`, pseudo({ ':scheme': `http${bytes}x: y` })),
    refused(`${shown} in host`, [...pseudo({ ':authority': undefined }), ['host', `web${bytes}x: y`]]),
    refused(`${shown} in cookie`, [...pseudo(), ['cookie', `a=b${bytes}x: y`]]),
  ];
});

const badFields: readonly Http2Shape[] = [
  refused('a name with a space', [...pseudo(), ['x y', 'z']]),
  refused('a name with a colon', [...pseudo(), ['x:', 'z']]),
  refused('a name with a capital', [...pseudo(), ['Content-Length', '3']]),
  refused('an empty name', [...pseudo(), ['', 'z']]),
  refused('a name with a high byte', [...pseudo(), ['x\xff', 'z']]),
  refused('a value that begins with a space', [...pseudo(), ['x', ' y']]),
  refused('a value that ends with a tab', [...pseudo(), ['x', 'y\t']]),
  refused('a value with a vertical tab', [...pseudo(), ['x', 'y\x0bz']]),
  refused('a value with DEL', [...pseudo(), ['x', 'y\x7fz']]),
];

const pseudoFields: readonly Http2Shape[] = [
  ...[':method', ':scheme', ':path'].map((name) => refused(`no ${name}`, pseudo({ [name]: undefined }))),
  ...[':method', ':scheme', ':path', ':authority'].map((name) =>
    refused(`two ${name}`, [...pseudo(), [name, pseudo().find(([own]) => own === name)?.[1] ?? '']]),
  ),
  refused('an unknown pseudo field', [...pseudo(), [':x', 'y']]),
  refused(':status in a request', [...pseudo(), [':status', '200']]),
  refused('a pseudo field behind others', [['x', 'y'], ...pseudo()]),
  refused(':path behind others', [...pseudo({ ':path': undefined }), ['x', 'y'], [':path', '/a']]),
  refused('an empty :path', pseudo({ ':path': '' })),
  refused('a :path without its slash', pseudo({ ':path': 'a' })),
  refused('an absolute :path', pseudo({ ':path': 'http://other/a' })),
  refused('an asterisk that is not for OPTIONS', pseudo({ ':path': '*' })),
  refused('a :path with a space', pseudo({ ':path': '/a b' })),
  refused('a :path with a fragment', pseudo({ ':path': '/a#b' })),
  refused('a :path with a high byte', pseudo({ ':path': '/\xff' })),
  refused('a :method with a space', pseudo({ ':method': 'GET /smuggled' })),
  refused('an empty :method', pseudo({ ':method': '' })),
  refused('an unknown :scheme with a host', pseudo({ ':scheme': 'http://other/?' })),
  refused('an :authority with a user', pseudo({ ':authority': 'user@web' })),
  refused('a percent-encoded :authority', pseudo({ ':authority': '%77eb' })),
  refused('an :authority with a fragment', pseudo({ ':authority': 'web#other' })),
  refused('an :authority with a backslash', pseudo({ ':authority': 'web\\other' })),
  refused('an :authority with a path', pseudo({ ':authority': 'web/other' })),
  refused('an :authority with a space', pseudo({ ':authority': 'web other' })),
  refused('an empty :authority and no host', pseudo({ ':authority': '' })),
  refused('neither :authority nor host', pseudo({ ':authority': undefined })),
  refused('host against :authority', [...pseudo(), ['host', 'other']]),
  refused('two hosts', [...pseudo({ ':authority': undefined }), ['host', 'web'], ['host', 'other']]),
  refused('CONNECT with a path', pseudo({ ':method': 'CONNECT' })),
  refused('CONNECT without an authority', [[':method', 'CONNECT']]),
  refused(':protocol without CONNECT', pseudo({ ':protocol': 'websocket' })),
  accepted(
    'host in place of :authority',
    [...pseudo({ ':authority': undefined }), ['host', 'web']],
    'GET /a ',
  ),
  accepted('host equal to :authority', [...pseudo(), ['host', 'web']], 'GET /a '),
  accepted('a cookie in pieces', [...pseudo(), ['cookie', 'a=b'], ['cookie', 'c=d']], 'GET /a '),
];

const trailerFields = [
  ['content-length', '3'],
  ['transfer-encoding', 'chunked'],
  ['connection', 'close'],
  [':path', '/smuggled'],
  ['x', 'y\r\nGET /smuggled HTTP/1.1'],
  ['X', 'y'],
] as const;
const trailers: readonly Http2Shape[] = trailerFields.map(([name, value]) => ({
  name: `a trailer ${JSON.stringify(`${name}: ${value}`)}`,
  frames: [headers(1, postHead), data(1, 'abc'), headers(1, [[name, value]], ended)],
  seen: [],
  answer: 'refused',
}));
/** Dropped or refused; never passed on. What the server read is the same either way, or nothing. */
const quietTrailers: readonly Http2Shape[] = (['host', 'x-tulle-source', 'authorization'] as const).map(
  (name) => ({
    name: `a trailer ${name}`,
    frames: [headers(1, postHead), data(1, 'abc'), headers(1, [[name, 'other']], ended)],
    seen: [],
    answer: 'refused',
    mayHaveSeen: 'POST /a abc',
  }),
);

const expectation = (...values: string[]): Fields => [
  ...postHead,
  ...values.map((value): [string, string] => ['expect', value]),
];
const expectations: readonly Http2Shape[] = [
  ...[
    ['x'],
    ['100-continue, x'],
    ['100-continue', 'x'],
    ['x', '100-continue'],
    ['100-continue', '100-continue'],
    [''],
  ].map((values) => refusedBody(`expectations ${JSON.stringify(values)}`, expectation(...values), 'abc')),
  {
    name: 'an expectation with its body at once',
    frames: [headers(1, expectation('100-continue')), data(1, SMUGGLED, FLAG.endStream)],
    seen: [`POST /a ${SMUGGLED}`],
    answer: 200,
  },
  accepted('an expectation without a body', expectation('100-continue'), 'POST /a '),
];

const tunnels: readonly Http2Shape[] = [
  {
    name: 'WebSocket that the server does not take, and a request in it',
    frames: [headers(1, pseudo({ ':method': 'CONNECT', ':protocol': 'websocket' })), data(1, SMUGGLED)],
    seen: ['GET /a '],
    answer: 'refused',
    mayHaveSeen: 'upgrade GET /a',
  },
  // The next request on the connection to the server would be its content.
  refused('WebSocket with a length', [
    ...pseudo({ ':method': 'CONNECT', ':protocol': 'websocket' }),
    ['content-length', '5'],
  ]),
  refusedBody(
    'WebSocket with a length, and content',
    [...pseudo({ ':method': 'CONNECT', ':protocol': 'websocket' }), ['content-length', '5']],
    'abcde',
  ),
  refusedBody(
    'CONNECT with a request in it',
    [
      [':method', 'CONNECT'],
      [':authority', 'other:80'],
    ],
    SMUGGLED,
  ),
];

/** They are passed on byte for byte. */
const paths: readonly Http2Shape[] = [
  '/a/../admin',
  '/a//admin',
  '/%61dmin',
  '/admin;x=1',
  '/a%2f..%2fadmin',
  '/a%0d%0aX:%20y',
].map((path) => accepted(`:path ${path}`, pseudo({ ':path': path }), `GET ${path} `));

export const http2Shapes: readonly Http2Shape[] = [
  ...lengths,
  ...ofTheConnection,
  ...injections,
  ...badFields,
  ...pseudoFields,
  ...trailers,
  ...quietTrailers,
  ...expectations,
  ...tunnels,
  ...paths,
];
