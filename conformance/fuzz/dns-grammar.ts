import type { Random } from './random.ts';

const labels = ['orders', 'mesh', 'MESH', 'a', 'a.b', '\xff\0', '', 'x'.repeat(63), 'x'.repeat(64)];
const types = [1, 28, 6, 41, 65, 255, 0, 0xffff];

export const dnsTokens: readonly Buffer[] = [
  Buffer.of(0xc0, 12),
  Buffer.of(0xc0, 0),
  Buffer.from('\x06orders\x04mesh\0\0\x01\0\x01', 'latin1'),
  Buffer.from('\x04mesh\0', 'latin1'),
  // OPT (RFC 6891), empty and with half an option.
  Buffer.of(0, 0, 41, 16, 0, 0, 0, 0x80, 0, 0, 0),
  Buffer.of(0, 0, 41, 16, 0, 0, 1, 0, 0, 0, 3, 0, 10, 0),
];

/** A query, most of them as resolvers send them. */
export function dnsMessage(random: Random): Buffer {
  const additional = random.below(3);
  const counts = random.oneIn(8)
    ? [random.below(3), random.below(2), random.below(2), additional]
    : [1, 0, 0, additional];
  const flags = random.oneIn(8) ? random.below(0x10000) : 0x0100;
  const parts = [...u16(random.below(0x10000)), ...u16(flags), ...counts.flatMap(u16), ...question(random)];
  for (let record = 0; record < additional; record++)
    parts.push(...(random.oneIn(3) ? resource(random) : (dnsTokens[4] as Buffer)));
  return Buffer.from(parts);
}

function question(random: Random): number[] {
  return [...name(random), ...u16(random.of(types)), ...u16(random.oneIn(6) ? random.below(256) : 1)];
}

function resource(random: Random): number[] {
  const data = Array.from({ length: random.below(6) }, () => random.below(256));
  return [...question(random), 0, 0, 0, 5, ...u16(data.length + (random.oneIn(4) ? 1 : 0)), ...data];
}

function name(random: Random): number[] {
  const inZone = random.oneIn(2) ? [random.of(labels), 'mesh'] : [];
  const others = Array.from({ length: random.below(5) }, () => random.of(labels));
  const written = (inZone.length > 0 ? inZone : others).flatMap((label) => [
    label.length,
    ...Buffer.from(label, 'latin1'),
  ]);
  return [...written, ...(random.oneIn(10) ? [0xc0, random.below(64)] : [0])];
}

function u16(value: number): number[] {
  return [value >> 8, value & 0xff];
}
