import { FLAG, FRAME, HEADER_BYTES, writeFrameHeader } from '@tulle/wire/http2/frame-header';
import { Draft } from './draft.ts';
import {
  flagBits,
  heads,
  heard,
  hpackPieces,
  knownSettings,
  lines,
  trailerBlock,
  wholeHeads,
} from './http2-vocabulary.ts';
import type { Random } from './random.ts';

const draft = new Draft();

function addFieldBlock(random: Random): void {
  const isCodedFirst = random.oneIn(2);
  const isCoded = random.oneIn(3);
  if (isCoded && isCodedFirst) draft.add(random.of(hpackPieces));
  const list = random.of(heads);
  // One line too many, one in place of another, or one missing.
  const odd = random.oneIn(3) ? -1 : random.below(list.length + 1);
  for (let at = 0; at <= list.length; at++) {
    if (at === odd && !random.oneIn(6)) draft.add(random.of(lines));
    const line = list[at];
    if (line !== undefined && (at !== odd || !random.oneIn(4))) draft.add(line);
  }
  if (random.oneIn(3)) draft.add(random.of(lines));
  if (isCoded && !isCodedFirst) draft.add(random.of(hpackPieces));
}

function addNoise(random: Random, maxBytes: number): void {
  for (let count = random.below(maxBytes + 1); count > 0; count--) draft.addByte(random.below(256));
}

/** Leaves room for the header of a frame; returns where that is. */
function begin(): number {
  const at = draft.length;
  draft.length += HEADER_BYTES;
  return at;
}

/** What was added since {@link begin} is the payload. */
function end(at: number, type: number, flags: number, stream: number): void {
  writeFrameHeader(draft.bytes, at, draft.length - at - HEADER_BYTES, type, flags, stream);
}

/** A head in one frame or several, with padding and priority as the flags have it. */
function addHead(random: Random, stream: number): void {
  const at = begin();
  const hasPriority = random.oneIn(8);
  if (hasPriority) addPriority(random, stream);
  addFieldBlock(random);
  const priority = hasPriority ? 0x20 : 0;
  if (random.oneIn(4)) {
    continueHead(random, at, random.of([0, FLAG.endStream]) | priority, stream);
  } else {
    const flags = random.oneIn(6) ? random.of(flagBits) : FLAG.endHeaders | random.below(2);
    end(at, FRAME.headers, flags | priority, stream);
  }
}

function addPriority(random: Random, stream: number): void {
  draft.addUint32(random.oneIn(3) ? stream : 0);
  draft.addByte(16);
}

/** Spreads what was added since `at` over frames, the last of which says that it is. */
function continueHead(random: Random, at: number, flags: number, stream: number): void {
  const own = random.oneIn(8) ? stream + 2 : stream;
  let start = at;
  for (let more = 1 + random.below(2); more > 0; more--) {
    const first = start + HEADER_BYTES;
    const length = random.below(draft.length - first + 1);
    const isHead = start === at;
    writeFrameHeader(
      draft.bytes,
      start,
      length,
      isHead ? FRAME.headers : FRAME.continuation,
      isHead ? flags : 0,
      isHead ? stream : own,
    );
    start = first + length;
    draft.open(start, HEADER_BYTES);
  }
  end(start, FRAME.continuation, FLAG.endHeaders, own);
}

/** Head, data and trailers as they belong together. */
function addExchange(random: Random, stream: number): void {
  let at = begin();
  draft.add(random.of(wholeHeads));
  end(at, FRAME.headers, FLAG.endHeaders, stream);
  at = begin();
  draft.addZeros(3);
  end(at, FRAME.data, 0, stream);
  at = begin();
  if (random.oneIn(3)) addFieldBlock(random);
  else draft.add(trailerBlock);
  end(at, FRAME.headers, FLAG.endHeaders | FLAG.endStream, stream);
}

function addPiece(random: Random, next: () => number): void {
  const stream = random.oneIn(3) ? random.below(12) : Math.max(1, next() - 2 * random.below(3));
  const kind = random.below(17);
  if (kind === 4 || kind === 5) {
    addHead(random, random.oneIn(3) ? stream : next());
  } else if (kind === 16) {
    addExchange(random, next());
  } else if (kind === 15) {
    if (random.oneIn(4)) addNoise(random, 20);
    else addHead(random, next());
  } else {
    addFrame(random, kind, kind < 4 ? next() : stream);
  }
}

function addFrame(random: Random, kind: number, stream: number): void {
  const at = begin();
  switch (kind) {
    case 0:
    case 1:
    case 2:
    case 3:
      draft.add(random.of(wholeHeads));
      end(at, FRAME.headers, FLAG.endHeaders | random.below(2), stream);
      break;
    case 6:
    case 7:
      addNoise(random, 12);
      end(at, FRAME.data, random.oneIn(4) ? random.of(flagBits) : random.below(2), stream);
      break;
    case 8:
      draft.addZeros(random.below(random.oneIn(4) ? 1_500 : 120));
      end(at, FRAME.data, random.below(2), stream);
      break;
    case 9:
      draft.addUint32(random.oneIn(4) ? random.next() : random.below(4_096));
      end(at, FRAME.windowUpdate, 0, random.oneIn(2) ? 0 : stream);
      break;
    case 10:
      draft.addUint32(random.below(15));
      end(at, FRAME.rstStream, 0, stream);
      break;
    case 11:
      addSettings(random, at);
      break;
    case 12:
      if (random.oneIn(3)) draft.add(heard);
      else draft.addZeros(random.oneIn(6) ? 7 : 8);
      end(at, FRAME.ping, random.below(2), random.oneIn(8) ? 1 : 0);
      break;
    case 13:
      draft.addUint32(random.below(9));
      draft.addUint32(random.below(15));
      addNoise(random, 4);
      end(at, FRAME.goAway, 0, 0);
      break;
    default:
      if (random.oneIn(3)) {
        addPriority(random, stream);
        end(at, FRAME.priority, 0, stream);
      } else {
        addNoise(random, 12);
        end(at, random.below(12), random.of(flagBits), stream);
      }
  }
}

function addSettings(random: Random, at: number): void {
  const isAck = random.oneIn(3);
  const [id, value] = random.oneIn(2)
    ? random.of(knownSettings)
    : [random.below(10), random.oneIn(3) ? random.next() : random.below(70_000)];
  if (!isAck) {
    draft.addByte(0);
    draft.addByte(id);
    draft.addUint32(value);
  }
  end(at, FRAME.settings, isAck ? FLAG.ack : 0, 0);
}

/** Frames that make sense more often than not, without the two bytes that choose circumstances. */
export function http2Stream(random: Random, isClient: boolean): Buffer {
  draft.clear();
  let last = isClient ? 1 : -1;
  // A server opens no streams; it answers the first few of ours.
  const next = () => {
    if (isClient) return 1 + 2 * random.below(6);
    last += random.oneIn(12) ? 1 + random.below(4) : 2;
    return last;
  };
  for (let count = 1 + random.below(12); count > 0; count--) addPiece(random, next);
  return draft.take();
}
