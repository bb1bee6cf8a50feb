import { describe, expect, it } from 'vitest';
import { decode } from './collect.spec-support.ts';
import { Decoder } from './decoder.ts';

describe('RFC 7541 appendix C', () => {
  it('C.2: literals and an index', () => {
    expect(decode('400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572')).toEqual([
      'custom-key=custom-header',
    ]);
    expect(decode('040c 2f73 616d 706c 652f 7061 7468')).toEqual([':path=/sample/path']);
    expect(decode('1008 7061 7373 776f 7264 0673 6563 7265 74')).toEqual(['password=secret (sensitive)']);
    expect(decode('82')).toEqual([':method=GET']);
  });

  const first = [':method=GET', ':scheme=http', ':path=/', ':authority=www.example.com'];
  const second = [...first, 'cache-control=no-cache'];
  const third = [
    ':method=GET',
    ':scheme=https',
    ':path=/index.html',
    ':authority=www.example.com',
    'custom-key=custom-value',
  ];

  it('C.3: requests without Huffman code', () => {
    const decoder = new Decoder(4096);
    expect(decode('8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', decoder)).toEqual(first);
    expect(decode('8286 84be 5808 6e6f 2d63 6163 6865', decoder)).toEqual(second);
    expect(
      decode('8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65', decoder),
    ).toEqual(third);
  });

  it('C.4: requests with Huffman code', () => {
    const decoder = new Decoder(4096);
    expect(decode('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff', decoder)).toEqual(first);
    expect(decode('8286 84be 5886 a8eb 1064 9cbf', decoder)).toEqual(second);
    expect(decode('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf', decoder)).toEqual(third);
  });

  const date = 'date=Mon, 21 Oct 2013 20:13:21 GMT';
  const responses = [
    [':status=302', 'cache-control=private', date, 'location=https://www.example.com'],
    [':status=307', 'cache-control=private', date, 'location=https://www.example.com'],
    [
      ':status=200',
      'cache-control=private',
      'date=Mon, 21 Oct 2013 20:13:22 GMT',
      'location=https://www.example.com',
      'content-encoding=gzip',
      'set-cookie=foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ],
  ];
  /** Their tables have 256 bytes, so that entries are evicted. */
  const small = '3fe101';

  it('C.5: responses without Huffman code', () => {
    const decoder = new Decoder(256);
    const blocks = [
      `${small} 4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a
       3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
      '4803 3330 37c1 c0bf',
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970
       7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61
       6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
    ];
    blocks.forEach((block, index) => void expect(decode(block, decoder)).toEqual(responses[index]));
  });

  it('C.6: responses with Huffman code', () => {
    const decoder = new Decoder(256);
    const blocks = [
      `${small} 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e
       919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
      '4883 640e ffc1 c0bf',
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2
       e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
    ];
    blocks.forEach((block, index) => void expect(decode(block, decoder)).toEqual(responses[index]));
  });
});

it.each([
  ['index 0', '80'],
  ['an index behind the tables', 'be'],
  ['a name index behind the tables', '7f00 0161'],
  ['an integer that does not end', 'ffff ffff ff'],
  ['an integer that is too large', 'ffff ffff ff7f'],
  ['an integer that is cut off', 'ff'],
  ['a string that is cut off', '4003 6162'],
  ['a literal without a value', '4001 61'],
  ['a literal without a name', '40'],
  ['a Huffman string with the end of string in it', '0085 bfff ffff ff 0161'],
  ['a Huffman string padded with zeros', '0081 18 0161'],
  ['a Huffman string padded by a whole byte', '0082 1fff 0161'],
  // Taken for a literal it would be a=b.
  ['a change of size behind a field', '82 20 0161 0162'],
  ['a table that is larger than allowed', '3fe2 1f'],
])('refuses %s', (_what, hex) => {
  expect(() => decode(hex)).toThrow(expect.objectContaining({ reason: 'invalid-hpack' }));
});

it('marks malformed fields, also where they stand in the table', () => {
  const decoder = new Decoder(4096);
  const block = '4001 41 0162 4001 61 0320 6262 4001 61 030d 0a62 4002 3a61 0162 4000 0162 7f00 00 4400';
  const marked = ['!A=b', '!a= bb', '!a=\r\nb', '!:a=b', '!=b', '!:a=', '!:path='];
  expect(decode(block, decoder)).toEqual(marked);
  expect(decode('c4 c3 c2 c1 c0 bf be', decoder)).toEqual(marked);
});

it('takes strings of any length that a block may have', () => {
  // An integer of 7 bits and more: 127, then the rest in groups of 7 (RFC 7541 section 5.1).
  const lengthOf = (length: number) => [0x7f, ((length - 127) & 0x7f) | 0x80, ((length - 127) >> 7) & 0x7f];
  const [name, value] = ['n'.repeat(9_000), 'v'.repeat(16_000)];
  const block = [
    ...[0x00, 1, 0x61, ...lengthOf(16_000), ...Buffer.from(value)],
    ...[0x00, ...lengthOf(9_000), ...Buffer.from(name), 1, 0x62],
  ];
  expect(decode(Buffer.from(block).toString('hex'))).toEqual([`a=${value}`, `${name}=b`]);
});

it('lets the table grow to what was announced, and no larger', () => {
  expect(decode('3fe1 3f 82', new Decoder(8_192))).toEqual([':method=GET']);
  expect(() => decode('3fe2 3f 82', new Decoder(8_192))).toThrow();
});

it('wants nothing confirmed where the table need not become smaller', () => {
  const decoder = new Decoder(4096);
  decoder.setLimit(4096);
  expect(decode('82', decoder)).toEqual([':method=GET']);
});

it('wants a smaller table confirmed at the start of the next block', () => {
  const decoder = new Decoder(1024);
  expect(decode('82', decoder)).toEqual([':method=GET']);
  decoder.setLimit(1024);
  expect(() => decode('82', decoder)).toThrow();
  expect(decode('3fe1 07 82', decoder)).toEqual([':method=GET']);
});

it('empties the table for an entry that is larger than it', () => {
  const decoder = new Decoder(4096);
  decode('4001 61 0162', decoder);
  expect(decode('3f09 4009 6262 6262 6262 6262 62 0163 82', decoder)).toEqual(['bbbbbbbbb=c', ':method=GET']);
  expect(() => decode('be', decoder)).toThrow();
});
