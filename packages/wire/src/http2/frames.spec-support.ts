import { FLAG, FRAME, HEADER_BYTES, writeFrameHeader } from './frame-header.ts';
import { PREFACE } from './frame-writer.ts';

/** For specs: frames as a peer would write them, right or wrong, and what a session wrote. */
export interface ReadFrame {
  type: number;
  flags: number;
  stream: number;
  payload: Buffer;
}

export type Fields = readonly (readonly [string, string])[];

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array | string = '',
): Buffer {
  const content = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const bytes = Buffer.alloc(HEADER_BYTES + content.length);
  writeFrameHeader(bytes, 0, content.length, type, flags, stream);
  bytes.set(content, HEADER_BYTES);
  return bytes;
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

export function settings(...values: [id: number, value: number][]): Buffer {
  const bytes = Buffer.alloc(values.length * 6);
  values.forEach(([id, value], index) => {
    bytes.writeUInt16BE(id, index * 6);
    bytes.writeUInt32BE(value, index * 6 + 2);
  });
  return frame(FRAME.settings, 0, 0, bytes);
}

function hpackString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  let rest = bytes.length - 127;
  const length = [127];
  for (; rest >= 128; rest >>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}

/** Literals that enter no table. */
export function block(fields: Fields): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.of(0), hpackString(name), hpackString(value)]),
  );
}

export function headers(stream: number, fields: Fields, flags: number = FLAG.endHeaders): Buffer {
  return frame(FRAME.headers, flags, stream, block(fields));
}

export const ended = FLAG.endHeaders | FLAG.endStream;
export const get: Fields = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a.mesh'],
];
export const post: Fields = [[':method', 'POST'], ...get.slice(1)];

export function data(stream: number, content: string | Uint8Array, flags = 0): Buffer {
  return frame(FRAME.data, flags, stream, content);
}

export function windowUpdate(stream: number, increment: number): Buffer {
  return frame(FRAME.windowUpdate, 0, stream, uint32(increment));
}

export function rst(stream: number, code: number): Buffer {
  return frame(FRAME.rstStream, 0, stream, uint32(code));
}

export const clientPreface = Buffer.concat([Buffer.from(PREFACE), settings()]);
export const settingsAck = frame(FRAME.settings, FLAG.ack, 0);

export function readFrames(bytes: Uint8Array): ReadFrame[] {
  const found: ReadFrame[] = [];
  const all = Buffer.from(bytes);
  let at = all.subarray(0, PREFACE.length).toString('latin1') === PREFACE ? PREFACE.length : 0;
  while (at < all.length) {
    const end = at + HEADER_BYTES + all.readUIntBE(at, 3);
    if (end > all.length) throw new Error('a frame is cut off');
    found.push({
      type: all.readUInt8(at + 3),
      flags: all.readUInt8(at + 4),
      stream: all.readUInt32BE(at + 5),
      payload: all.subarray(at + HEADER_BYTES, end),
    });
    at = end;
  }
  return found;
}
