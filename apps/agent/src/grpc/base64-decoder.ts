import { type Bytes, newBytes, noBytes } from '@tulle/wire/http/bytes';

const PADDING = 64;
const INVALID = 255;

/** Value of each character of RFC 4648 section 4. */
const values = new Uint8Array(256).fill(INVALID);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((character, value) => {
  values[character.charCodeAt(0)] = value;
});
values['='.charCodeAt(0)] = PADDING;

/**
 * Base64 that comes in pieces, cut anywhere. Padding ends a group of four and another may follow: whoever writes
 * gRPC-Web's text form pads each time it flushes (PROTOCOL-WEB, Text-encoded streams 2). Holds three characters at most.
 */
export class Base64Decoder {
  private bits = 0;
  /** Characters of the group so far, padding included. */
  private taken = 0;
  private padding = 0;

  /** The bytes these characters complete; undefined when they are not base64, and then nothing else may be asked. */
  decode(bytes: Bytes, start: number, end: number): Bytes | undefined {
    if (start === end) return noBytes;
    const out = newBytes(((this.taken + end - start) >> 2) * 3);
    let at = 0;
    for (let index = start; index < end; index++) {
      const value = values[bytes[index] as number] as number;
      if (value === PADDING ? this.taken < 2 : value === INVALID || this.padding > 0) return undefined;
      if (value === PADDING) this.padding++;
      this.bits = (this.bits << 6) | (value & 63);
      if (++this.taken < 4) continue;
      out[at] = this.bits >> 16;
      out[at + 1] = this.bits >> 8;
      out[at + 2] = this.bits;
      at += 3 - this.padding;
      this.bits = 0;
      this.taken = 0;
      this.padding = 0;
    }
    return at === out.length ? out : out.subarray(0, at);
  }

  /** No group is left in the middle. */
  get isComplete(): boolean {
    return this.taken === 0;
  }
}
