import type { Random } from './random.ts';

const names = ['orders.mesh', 'ORDERS.mesh', 'a', '', '10.0.0.1', 'a..b', 'a\0b', 'a.'.repeat(127), '-a.b'];

export const clientHelloTokens: readonly Buffer[] = [
  Buffer.of(22, 3, 1, 0, 0),
  Buffer.of(22, 3, 1, 0x40, 1),
  Buffer.of(21, 3, 3, 0, 2, 2, 40),
  Buffer.of(1, 0, 0, 42),
  Buffer.of(0, 0, 0, 6, 0, 4, 0, 0, 1, 97),
  Buffer.of(0, 0),
  Buffer.of(0xff, 0xff),
];

/** A ClientHello (RFC 8446 section 4.1.2) in records of some size, now and then with something behind it. */
export function clientHello(random: Random): Buffer {
  const extensions = Array.from({ length: random.below(5) }, () => extension(random)).flat();
  const content = [
    3,
    random.below(5),
    ...Array(32).fill(9),
    ...vector(1, bytes(random, 34)),
    ...vector(2, bytes(random, 8)),
    ...vector(1, [0]),
    ...(random.oneIn(6) ? [] : vector(2, extensions)),
    ...(random.oneIn(12) ? [0] : []),
  ];
  const message = [1, 0, ...vector(2, content), ...(random.oneIn(12) ? [1, 0] : [])];
  const behind = random.oneIn(3) ? bytes(random, 40) : [];
  return Buffer.from([...records(message, 1 + random.below(random.oneIn(3) ? 20 : 600)), ...behind]);
}

function extension(random: Random): number[] {
  if (random.oneIn(2)) return [0, random.below(256), ...vector(2, bytes(random, 20))];
  const listed = Array.from({ length: random.oneIn(6) ? random.below(3) : 1 }, () => random.of(names));
  const list = listed.flatMap((name) => [
    random.oneIn(12) ? 1 : 0,
    ...vector(2, [...Buffer.from(name, 'latin1')]),
  ]);
  return [0, 0, ...vector(2, vector(2, list))];
}

function records(message: readonly number[], size: number): number[] {
  const written: number[] = [];
  for (let at = 0; at < message.length; at += size)
    written.push(22, 3, 1, ...vector(2, message.slice(at, at + size)));
  return written;
}

function bytes(random: Random, below: number): number[] {
  return Array.from({ length: random.below(below) }, () => random.below(256));
}

function vector(octets: 1 | 2, content: readonly number[]): number[] {
  const { length } = content;
  return octets === 1 ? [length & 0xff, ...content] : [(length >> 8) & 0xff, length & 0xff, ...content];
}
