export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface FrameOptions {
  readonly isLast?: boolean;
  /** Reserved bits, 0 to 7. */
  readonly reserved?: number;
}

/** One frame before it is known which side sends it (RFC 6455 section 5.2). */
export interface Frame extends FrameOptions {
  readonly opcode: number;
  readonly payload: Buffer;
}

export function frame(opcode: number, payload: string | Buffer = '', options: FrameOptions = {}): Frame {
  return { opcode, payload: typeof payload === 'string' ? Buffer.from(payload) : payload, ...options };
}

/** `code` as the two bytes that begin the payload of a close frame. */
export function closeFrame(code: number, reason: string | Buffer = ''): Frame {
  const number = Buffer.alloc(2);
  number.writeUInt16BE(code);
  return frame(OPCODE.close, Buffer.concat([number, Buffer.from(reason)]));
}

function lengthBytes(length: number, maskBit: number): Buffer {
  if (length < 126) return Buffer.of(maskBit | length);
  if (length < 65_536) {
    const bytes = Buffer.of(maskBit | 126, 0, 0);
    bytes.writeUInt16BE(length, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = maskBit | 127;
  bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

/** A client masks, a server does not (RFC 6455 section 5.1). The key is always the same, so that bytes can be compared. */
const MASK = Buffer.of(0x37, 0xfa, 0x21, 0x3d);

export function encode({ opcode, payload, isLast = true, reserved = 0 }: Frame, isMasked: boolean): Buffer {
  const first = (isLast ? 0x80 : 0) | (reserved << 4) | opcode;
  const head = Buffer.concat([Buffer.of(first), lengthBytes(payload.length, isMasked ? 0x80 : 0)]);
  if (!isMasked) return Buffer.concat([head, payload]);
  const masked = Buffer.from(payload);
  for (let at = 0; at < masked.length; at++) masked[at] = (masked[at] as number) ^ (MASK[at & 3] as number);
  return Buffer.concat([head, MASK, masked]);
}
