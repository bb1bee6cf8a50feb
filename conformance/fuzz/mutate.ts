import { Draft } from './draft.ts';
import type { Random } from './random.ts';

const MAX_BYTES = 8_192;
const nothing = Buffer.alloc(0);
const draft = new Draft();

/** Changes bytes without knowing what they mean; `tokens` are pieces that do mean something. */
export function mutate(random: Random, input: Buffer, tokens: readonly Buffer[], other: Buffer): Buffer {
  draft.clear();
  draft.add(input);
  for (let count = 1 + random.below(4); count > 0; count--) mutateOnce(random, tokens, other);
  return draft.take(MAX_BYTES);
}

function mutateOnce(random: Random, tokens: readonly Buffer[], other: Buffer): void {
  const at = random.below(draft.length + 1);
  const length = 1 + random.below(random.oneIn(4) ? 64 : 4);
  switch (random.below(7)) {
    case 0:
      draft.bytes[at] = random.below(256);
      break;
    case 1:
      draft.bytes[at] = (draft.bytes[at] as number) ^ (1 << random.below(8));
      break;
    case 2:
      draft.replace(at, length, nothing);
      break;
    case 3:
      draft.replace(at, 0, random.of(tokens));
      break;
    case 4:
      draft.replace(at, length, random.of(tokens));
      break;
    case 5:
      draft.repeat(at, at + length);
      break;
    default:
      draft.replace(at, draft.length - at, other.subarray(random.below(other.length + 1)));
  }
}
