import { deflateRawSync } from 'node:zlib';
import { closeFrame, type Frame, frame, OPCODE } from './frames.ts';

/** What one side sends; numbered after the sections of the Autobahn test suite. */
export interface WebSocketCase {
  readonly name: string;
  readonly frames: readonly Frame[];
  /** Bytes of each write; everything at once when absent. */
  readonly chopBytes?: number;
  /** Client frames without a mask, server frames with one (RFC 6455 section 5.1). */
  readonly hasWrongMask?: true;
  /** Ends the connection without a close frame, behind this many bytes of what is to be sent. */
  readonly cutAtBytes?: number;
  /** Negotiate permessage-deflate (RFC 7692). */
  readonly isCompressed?: true;
}

const { text, binary, continuation, ping, pong } = OPCODE;
const ended = closeFrame(1000);
const MEBIBYTE = 1024 * 1024;
const part = { isLast: false } as const;

/** A close frame behind it, unless the frames themselves end the connection. */
const of = (
  name: string,
  frames: readonly Frame[],
  more: Omit<WebSocketCase, 'name' | 'frames'> = {},
): WebSocketCase => ({
  name,
  frames: [...frames, ended],
  ...more,
});

const sizes = [0, 1, 125, 126, 127, 128, 4_096, 65_535, 65_536, 65_537, MEBIBYTE, 16 * MEBIBYTE];
const framing = sizes.flatMap((size) => [
  of(`1.1 text of ${size} bytes`, [frame(text, '*'.repeat(size))]),
  of(`1.2 binary of ${size} bytes`, [frame(binary, Buffer.alloc(size, 0xfe))]),
]);
const chopped = [1, 13, 997].map((chopBytes) =>
  of(`1.3 text of 8192 bytes, ${chopBytes} bytes at a time`, [frame(text, '*'.repeat(8_192))], { chopBytes }),
);

const pings = [
  of('2.1 ping', [frame(ping)]),
  of('2.2 ping with text', [frame(ping, 'Hello')]),
  of('2.3 ping with bytes', [frame(ping, Buffer.of(0, 0xff, 0xfe, 0xfd))]),
  of('2.4 ping of 125 bytes', [frame(ping, Buffer.alloc(125, 0xfe))]),
  of('2.5 ping of 126 bytes', [frame(ping, Buffer.alloc(126, 0xfe))]),
  of('2.6 ping of 125 bytes, one byte at a time', [frame(ping, Buffer.alloc(125, 0xfe))], { chopBytes: 1 }),
  of('2.7 pong nobody asked for', [frame(pong)]),
  of('2.8 pong nobody asked for, with text', [frame(pong, 'unasked')]),
  of('2.9 pong, then ping', [frame(pong, 'unasked'), frame(ping, 'asked')]),
  of(
    '2.10 ten pings',
    Array.from({ length: 10 }, (_, index) => frame(ping, `payload-${index}`)),
  ),
  of(
    '2.11 ten pings, one byte at a time',
    Array.from({ length: 10 }, (_, index) => frame(ping, `payload-${index}`)),
    {
      chopBytes: 1,
    },
  ),
];

const reserved = [1, 2, 3, 4, 5, 6, 7].flatMap((bits) => [
  of(`3 reserved bits ${bits} in text`, [
    frame(text, 'good'),
    frame(text, 'bad', { reserved: bits }),
    frame(ping),
  ]),
  of(`3 reserved bits ${bits} in ping`, [frame(ping, 'x', { reserved: bits })]),
]);
const opcodes = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
  of(`4 opcode ${opcode}`, [frame(text, 'good'), frame(opcode, 'x'), frame(ping)]),
);

const fragments = [
  of('5.1 ping in two fragments', [frame(ping, 'a', part), frame(continuation, 'b')]),
  of('5.2 pong in two fragments', [frame(pong, 'a', part), frame(continuation, 'b')]),
  of('5.3 text in two fragments', [frame(text, 'fragment1', part), frame(continuation, 'fragment2')]),
  of('5.5 the same, one byte at a time', [frame(text, 'fragment1', part), frame(continuation, 'fragment2')], {
    chopBytes: 1,
  }),
  of('5.6 a ping between fragments', [frame(text, 'a', part), frame(ping, 'p'), frame(continuation, 'b')]),
  of('5.9 a continuation of nothing', [frame(continuation, 'x'), frame(text, 'y')]),
  of('5.10 a continuation of nothing that goes on', [frame(continuation, 'x', part), frame(text, 'y')]),
  of('5.15 a continuation behind the end', [
    frame(text, 'a', part),
    frame(continuation, 'b'),
    frame(continuation, 'c'),
  ]),
  of('5.18 text inside text', [frame(text, 'a', part), frame(text, 'b')]),
  of('5.19 five fragments with pings between', [
    frame(text, 'a', part),
    frame(continuation, 'b', part),
    frame(ping, '1'),
    frame(continuation, 'c', part),
    frame(continuation, 'd', part),
    frame(ping, '2'),
    frame(continuation, 'e'),
  ]),
  of('5.21 empty fragments', [frame(text, '', part), frame(continuation, '', part), frame(continuation, '')]),
];

const utf8 = [
  ['valid', 'ce ba e1 bd b9 cf 83 ce bc ce b5'],
  ['four bytes', 'f0 90 80 80 f4 8f bf bf'],
  ['beyond the last character', 'f4 90 80 80'],
  ['a surrogate', 'ed a0 80'],
  ['too long', 'c0 af'],
  ['too long, three bytes', 'e0 80 af'],
  ['cut off', 'ce ba e1 bd'],
  ['a continuation alone', '80'],
  ['FE and FF', 'fe ff'],
  ['NUL', '00'],
  ['non-character', 'ef bf be'],
] as const;
const texts = utf8.flatMap(([name, hex]) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return [
    of(`6 UTF-8, ${name}`, [frame(text, bytes)]),
    of(`6 UTF-8, ${name}, a fragment for each byte`, [
      ...Array.from(bytes, (byte, index) => frame(index === 0 ? text : continuation, Buffer.of(byte), part)),
      frame(continuation),
    ]),
  ];
});

const closeCodes = [
  0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1015, 1016, 1100,
  2000, 2999, 3000, 3999, 4000, 4999, 5000, 65_535,
];
const closes: readonly WebSocketCase[] = [
  ...closeCodes.map((code) => ({ name: `7.7 close ${code}`, frames: [closeFrame(code, 'reason')] })),
  { name: '7.1 close without a code', frames: [frame(OPCODE.close)] },
  { name: '7.3 close with one byte', frames: [frame(OPCODE.close, Buffer.of(3))] },
  { name: '7.3 close with a reason of 123 bytes', frames: [closeFrame(1000, '*'.repeat(123))] },
  { name: '7.3 close with a reason of 124 bytes', frames: [closeFrame(1000, '*'.repeat(124))] },
  {
    name: '7.5 close with a reason that is no UTF-8',
    frames: [closeFrame(1000, Buffer.of(0xce, 0xba, 0xe1))],
  },
  { name: '7.1 a message behind close', frames: [ended, frame(text, 'late')] },
  { name: '7.1 a ping behind close', frames: [ended, frame(ping, 'late')] },
  { name: '7.1 two closes', frames: [ended, ended] },
  { name: '7.1 close between fragments', frames: [frame(text, 'a', part), ended, frame(continuation, 'b')] },
];

const masks = [
  of('8 a frame with the wrong mask', [frame(text, 'x')], { hasWrongMask: true }),
  of('8 a ping with the wrong mask', [frame(ping)], { hasWrongMask: true }),
];
const cuts = [0, 1, 5, 100, 70_000].map((cutAtBytes) =>
  of(
    `8 the connection ends behind ${cutAtBytes} bytes`,
    [frame(text, 'x'), frame(binary, Buffer.alloc(100_000))],
    { cutAtBytes },
  ),
);

function split(opcode: number, bytes: number, each: number): Frame[] {
  return Array.from({ length: bytes / each }, (_, index) =>
    frame(index === 0 ? opcode : continuation, Buffer.alloc(each, 0x2a), {
      isLast: (index + 1) * each === bytes,
    }),
  );
}
const limits = [
  ...[64, 1_024, 65_536].map((each) =>
    of(`9.3 text of 1 MiB in fragments of ${each}`, split(text, MEBIBYTE, each)),
  ),
  ...[4_096, MEBIBYTE].map((each) =>
    of(`9.4 binary of 4 MiB in fragments of ${each}`, split(binary, 4 * MEBIBYTE, each)),
  ),
  ...[64, 1_448].map((chopBytes) =>
    of(`9.5 text of 256 KiB, ${chopBytes} bytes at a time`, [frame(text, '*'.repeat(262_144))], {
      chopBytes,
    }),
  ),
  of(
    '9.7 a thousand messages of 64 bytes',
    Array.from({ length: 1_000 }, () => frame(text, '*'.repeat(64))),
  ),
  of(
    '9.8 two hundred messages of 16 KiB',
    Array.from({ length: 200 }, () => frame(binary, Buffer.alloc(16_384))),
  ),
];

/** RFC 7692 section 7.2.1: without the four bytes that end it. */
const deflated = (content: string) => deflateRawSync(content, { finishFlush: 2 }).subarray(0, -4);
const compressed = [10, 1_000, 100_000, MEBIBYTE].flatMap((size) => [
  of(
    `12 compressed text of ${size} bytes`,
    [frame(text, deflated('{"a":1}'.repeat(size / 5)), { reserved: 4 })],
    { isCompressed: true },
  ),
  of(`13 plain text of ${size} bytes where compression was agreed`, [frame(text, 'ab'.repeat(size / 2))], {
    isCompressed: true,
  }),
]);

export const webSocketCases: readonly WebSocketCase[] = [
  ...framing,
  ...chopped,
  ...pings,
  ...reserved,
  ...opcodes,
  ...fragments,
  ...texts,
  ...closes,
  ...masks,
  ...cuts,
  ...limits,
  ...compressed,
];
