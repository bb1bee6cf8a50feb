import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, FrameReader, opcode } from './web-socket-frames.ts';

/** A text message as a server writes it, without a mask. */
function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const masked = encodeFrame(opcode.text, payload);
  const header = masked.subarray(0, masked.length - payload.length - 4);
  header[1] = (header[1] ?? 0) & 0x7f;
  return Buffer.concat([header, payload]);
}

test('a masked frame gives its payload back under its mask', () => {
  const frame = encodeFrame(opcode.text, Buffer.from('hello'));
  expect(frame.subarray(0, 2)).toEqual(Buffer.from([0x81, 0x85]));
  const unmasked = frame.subarray(6).map((byte, at) => byte ^ (frame[2 + (at & 3)] ?? 0));
  expect(unmasked.toString()).toBe('hello');
});

test('the length takes two bytes from 126 on, and eight from 65536 on', () => {
  const header = (length: number) => [...encodeFrame(opcode.text, Buffer.alloc(length)).subarray(1, 10)];
  expect(header(125)[0]).toBe(0x80 | 125);
  expect(header(126).slice(0, 3)).toEqual([0xfe, 0, 126]);
  expect(header(65_536)).toEqual([0xff, 0, 0, 0, 0, 0, 1, 0, 0]);
});

test('messages are read however they are cut', () => {
  const messages = fc.array(fc.string({ maxLength: 300 }), { maxLength: 5 });
  fc.assert(
    fc.property(messages, fc.infiniteStream(fc.integer({ min: 1, max: 300 })), (texts, cuts) => {
      const reader = new FrameReader(1_000);
      let bytes = Buffer.concat(texts.map(serverFrame));
      const read: string[] = [];
      for (const cut of cuts) {
        if (bytes.length === 0) break;
        read.push(...reader.push(bytes.subarray(0, cut)).map(({ payload }) => payload.toString()));
        bytes = bytes.subarray(cut);
      }
      expect(read).toEqual(texts);
    }),
  );
});

test.each([
  ['masked', Buffer.from([0x81, 0x80, 0, 0, 0, 0])],
  ['with a reserved bit', Buffer.from([0xc1, 0x00])],
  ['a fragmented ping', Buffer.from([0x09, 0x00])],
  ['a long close', Buffer.from([0x88, 126, 0, 200])],
  ['too long', Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0])],
])('a frame that is %s is refused', (_what, bytes) => {
  expect(() => new FrameReader(1_000).push(bytes)).toThrow();
});
