import { FLAG } from '@tulle/wire/http2/frame-header';
import { block, type Fields, frame, get, post, uint32 } from '@tulle/wire/http2/frames.spec-support';

/** Names and values that a header block may not hold, may hold once, or may hold in one order only. */
const fields: Fields = [
  [':method', 'GET'],
  [':method', 'CONNECT'],
  [':scheme', 'http'],
  [':path', '/'],
  [':path', ''],
  [':path', '*'],
  [':authority', 'a.mesh'],
  [':authority', 'a b'],
  [':protocol', 'websocket'],
  [':status', '200'],
  [':status', '101'],
  [':status', '103'],
  [':status', '2000'],
  [':other', 'x'],
  ['host', 'b.mesh'],
  ['content-length', '3'],
  ['content-length', '0'],
  ['content-length', '4'],
  ['content-length', '+3'],
  ['transfer-encoding', 'chunked'],
  ['connection', 'close'],
  ['te', 'trailers'],
  ['te', 'gzip'],
  ['cookie', 'a=b'],
  ['cookie', 'c=d'],
  ['expect', '100-continue'],
  ['expect', '200-ok'],
  ['grpc-timeout', '1S'],
  ['X-Upper', 'x'],
  ['x y', 'z'],
  ['x', 'a\r\nb: c'],
  ['x', 'a\0b'],
  ['x', ' a '],
  ['', 'x'],
  ['x-tulle-source', 'me'],
  ['x', 'y'.repeat(200)],
];
const response: Fields = [[':status', '200']];
const regular = get.slice(1);
/** Heads that are right as they are. */
const goodHeads: readonly Fields[] = [
  get,
  post,
  [...post, ['content-length', '3']],
  [...get, ['cookie', 'a=b'], ['x', 'y'], ['cookie', 'c=d']],
  [...post, ['te', 'trailers'], ['expect', '100-continue']],
  [
    [':method', 'CONNECT'],
    [':authority', 'a.mesh:80'],
  ],
  [[':method', 'CONNECT'], ...regular, [':protocol', 'websocket']],
  [
    [':method', 'OPTIONS'],
    [':scheme', 'https'],
    [':path', '*'],
    ['host', 'a.mesh'],
  ],
  response,
  [...response, ['content-length', '3']],
  [
    [':status', '204'],
    ['x', 'y'],
  ],
  [
    [':status', '304'],
    ['content-length', '3'],
  ],
  [[':status', '103']],
  [['x', 'y']],
  [],
];
/** References into the tables, sizes of them, Huffman codes: good, out of range, cut off. */
export const hpackPieces = [
  // Into the table: enough of them to push others out.
  [0x40, 0x01, 0x61, 0x7f, 0xe9, 0x06, ...Array(1000).fill(0x62)],
  [0x82, 0x86, 0x84],
  [0x82],
  [0x80],
  [0x88],
  [0xbe],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
  [0x20],
  [0x3f, 0xe1, 0x1f],
  [0x3f, 0xe1, 0xff, 0x03],
  [0x40, 0x01, 0x78, 0x01, 0x79],
  [0x41, 0x83, 0x1d, 0x75, 0xc5],
  [0x0f, 0x0d, 0x01, 0x33],
  [0x10, 0x01, 0x78, 0x00],
  [0x00, 0x81, 0xff, 0x00],
  [0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x00],
  [0x7e, 0x7f],
].map((bytes) => Buffer.from(bytes));
export const flagBits = [
  0,
  FLAG.endStream,
  FLAG.endHeaders,
  FLAG.endStream | FLAG.endHeaders,
  8,
  9,
  0x20,
  0x25,
  0x2d,
  0xff,
];

/** What mutations put in. */
export const http2Tokens: readonly Buffer[] = [
  ...hpackPieces,
  ...[0, 1, 4, 6, 9].map((type) => frame(type, 4, 1)),
  ...[0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 65_535].map((value) => uint32(value)),
  Buffer.from([0, 0, 0]),
  Buffer.from([0, 0x40, 0]),
];

/** Each field line on its own, so that lines can be put in and left out. */
export const lines = fields.map((field) => block([field]));
export const heads = goodHeads.map((list) => list.map((field) => block([field])));
export const wholeHeads = [get, post, response, ...goodHeads].map(block);
export const trailerBlock = block([['x', 'y']]);
/** Of the table, of streams, of windows and frames: those that make a difference. */
export const knownSettings: readonly (readonly [number, number])[] = [
  [1, 0],
  [1, 64],
  [3, 0],
  [4, 0],
  [4, 2],
  [4, 20],
  [4, 0x7fffffff],
  [5, 16_384],
  [8, 1],
];
/** What a session that shuts down asks by its PING. */
export const heard = Buffer.from([0, 0, 0, 2, 0, 0, 0, 0]);
