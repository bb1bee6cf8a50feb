import type { Random } from './random.ts';

const MAX_BYTES = 8_192;

/** Changes bytes without knowing what they mean; `tokens` are pieces that do mean something. */
export function mutate(random: Random, input: Buffer, tokens: readonly Buffer[], other: Buffer): Buffer {
  let bytes = input;
  for (let count = 1 + random.below(4); count > 0; count--) bytes = mutateOnce(random, bytes, tokens, other);
  return bytes.subarray(0, MAX_BYTES);
}

function mutateOnce(random: Random, bytes: Buffer, tokens: readonly Buffer[], other: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  const length = 1 + random.below(random.oneIn(4) ? 64 : 4);
  switch (random.below(7)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = random.below(256);
      return copy;
    }
    case 1: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << random.below(8));
      return copy;
    }
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), random.of(tokens), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), random.of(tokens), bytes.subarray(at + length)]);
    case 5:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
  }
}
