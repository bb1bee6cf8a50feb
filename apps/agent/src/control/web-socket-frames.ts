import { randomFillSync } from 'node:crypto';

/** RFC 6455 section 5.2. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
}

export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** A whole message in one frame, masked with fresh random bytes as section 5.3 asks of clients. */
export function encodeFrame(code: number, payload: Buffer): Buffer {
  const { length } = payload;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + extended + 4 + length);
  frame[0] = 0x80 | code;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) frame.writeUInt16BE(length, 2);
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  const maskAt = 2 + extended;
  randomFillSync(frame, maskAt, 4);
  for (let at = 0; at < length; at++) {
    frame[maskAt + 4 + at] = (payload[at] ?? 0) ^ (frame[maskAt + (at & 3)] ?? 0);
  }
  return frame;
}

/** Takes bytes as they come and gives whole frames of a server. Throws a `FrameError` for what none may send. */
export class FrameReader {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #held = 0;
  /** Nothing can be made of fewer bytes: they wait in pieces, so that a large frame is joined only once. */
  #needed = 2;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Buffer): Frame[] {
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#needed) return [];
    let rest = Buffer.concat(this.#chunks);
    const frames: Frame[] = [];
    for (let next = this.#read(rest); next !== undefined; next = this.#read(rest)) {
      frames.push(next.frame);
      rest = rest.subarray(next.bytes);
    }
    this.#chunks = [rest];
    this.#held = rest.length;
    return frames;
  }

  #read(bytes: Buffer): { frame: Frame; bytes: number } | undefined {
    this.#needed = 2;
    if (bytes.length < 2) return undefined;
    const [first = 0, second = 0] = bytes;
    const code = first & 0x0f;
    const final = (first & 0x80) !== 0;
    const short = second & 0x7f;
    if ((first & 0x70) !== 0) throw new FrameError('a reserved bit is set');
    if ((second & 0x80) !== 0) throw new FrameError('a server must not mask');
    if (code >= 8 && (!final || short > 125))
      throw new FrameError('a control frame is fragmented or too long');
    const header = short === 126 ? 4 : short === 127 ? 10 : 2;
    this.#needed = header;
    if (bytes.length < header) return undefined;
    const length =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (length > this.#maxBytes) throw new FrameError(`a frame of ${length} bytes is too long`);
    this.#needed = header + length;
    if (bytes.length < this.#needed) return undefined;
    const payload = bytes.subarray(header, header + length);
    return { frame: { final, opcode: code, payload }, bytes: header + length };
  }
}
