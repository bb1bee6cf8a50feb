import { FLAG, FRAME } from '@tulle/wire/http2/frame-header';
import {
  block,
  data,
  frame,
  get,
  headers,
  post,
  rst,
  settings,
  settingsAck,
  uint32,
  windowUpdate,
} from '@tulle/wire/http2/frames.spec-support';
import type { Random } from './random.ts';

/** Names and values that a header block may not hold, may hold once, or may hold in one order only. */
const fields: readonly (readonly [string, string])[] = [
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
  ['content-length', '4'],
  ['content-length', '+3'],
  ['transfer-encoding', 'chunked'],
  ['connection', 'close'],
  ['te', 'trailers'],
  ['te', 'gzip'],
  ['cookie', 'a=b'],
  ['cookie', 'c=d'],
  ['expect', '100-continue'],
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
const response: readonly (readonly [string, string])[] = [[':status', '200']];
/** References into the tables, sizes of them, Huffman codes: good, out of range, cut off. */
const hpackPieces = [
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
const flagBits = [
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

function fieldBlock(random: Random): Buffer {
  const list = [...random.of([get, get, post, response, []])];
  for (let count = random.below(3); count > 0; count--) {
    const at = random.below(list.length + 1);
    list.splice(at, random.oneIn(4) ? 1 : 0, random.of(fields));
  }
  const coded = random.oneIn(3) ? random.of(hpackPieces) : Buffer.alloc(0);
  return random.oneIn(2) ? Buffer.concat([coded, block(list)]) : Buffer.concat([block(list), coded]);
}

function noise(random: Random, maxBytes: number): Buffer {
  const bytes = Buffer.alloc(random.below(maxBytes + 1));
  for (let at = 0; at < bytes.length; at++) bytes[at] = random.below(256);
  return bytes;
}

/** A head in one frame or several, with padding and priority as the flags have it. */
function head(random: Random, stream: number): Buffer {
  const fragment = fieldBlock(random);
  if (random.oneIn(4)) {
    const at = random.below(fragment.length + 1);
    return Buffer.concat([
      frame(FRAME.headers, random.of([0, FLAG.endStream]), stream, fragment.subarray(0, at)),
      frame(
        FRAME.continuation,
        FLAG.endHeaders,
        random.oneIn(8) ? stream + 2 : stream,
        fragment.subarray(at),
      ),
    ]);
  }
  if (random.oneIn(6)) return frame(FRAME.headers, random.of(flagBits), stream, fragment);
  return frame(FRAME.headers, FLAG.endHeaders | random.below(2), stream, fragment);
}

function piece(random: Random, next: () => number): Buffer {
  const stream = random.oneIn(3) ? random.below(12) : Math.max(1, next() - 2 * random.below(3));
  switch (random.below(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return headers(next(), random.of([get, post, response]), FLAG.endHeaders | random.below(2));
    case 4:
    case 5:
      return head(random, random.oneIn(3) ? stream : next());
    case 6:
    case 7:
      return data(stream, noise(random, 12), random.oneIn(4) ? random.of(flagBits) : random.below(2));
    case 8:
      return data(stream, Buffer.alloc(random.below(1_500)), random.below(2));
    case 9:
      return windowUpdate(
        random.oneIn(2) ? 0 : stream,
        random.oneIn(4) ? random.next() : random.below(4_096),
      );
    case 10:
      return rst(stream, random.below(15));
    case 11:
      return random.oneIn(3)
        ? settingsAck
        : settings([random.below(10), random.oneIn(3) ? random.next() : random.below(70_000)]);
    case 12:
      return frame(
        FRAME.ping,
        random.below(2),
        random.oneIn(8) ? 1 : 0,
        noise(random, 2).length > 1 ? Buffer.alloc(7) : Buffer.alloc(8),
      );
    case 13:
      return frame(
        FRAME.goAway,
        0,
        0,
        Buffer.concat([uint32(random.below(9), random.below(15)), noise(random, 4)]),
      );
    case 14:
      return frame(random.below(12), random.of(flagBits), stream, noise(random, 12));
    default:
      return random.oneIn(4) ? noise(random, 20) : head(random, next());
  }
}

/** Frames that make sense more often than not, without the two bytes that choose circumstances. */
export function http2Stream(random: Random, isClient: boolean): Buffer {
  const pieces: Buffer[] = [];
  let last = isClient ? 1 : -1;
  // A server opens no streams; it answers the first few of ours.
  const next = () => {
    if (isClient) return 1 + 2 * random.below(4);
    last += random.oneIn(12) ? 1 + random.below(4) : 2;
    return last;
  };
  for (let count = 1 + random.below(12); count > 0; count--) pieces.push(piece(random, next));
  return Buffer.concat(pieces);
}
