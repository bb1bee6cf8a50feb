const CAPACITY_BYTES = 128 * 1024;

/** Bytes that are put together and changed, in memory that is used again: making a buffer costs more than filling it. */
export class Draft {
  readonly bytes: Buffer = Buffer.allocUnsafeSlow(CAPACITY_BYTES);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  add(part: Uint8Array): void {
    this.bytes.set(part, this.length);
    this.length += part.length;
  }

  addByte(value: number): void {
    this.bytes[this.length++] = value;
  }

  addZeros(count: number): void {
    this.bytes.fill(0, this.length, this.length + count);
    this.length += count;
  }

  addUint32(value: number): void {
    this.bytes.writeUInt32BE(value >>> 0, this.length);
    this.length += 4;
  }

  /** Makes room for `count` bytes at `at`, which hold whatever was there. */
  open(at: number, count: number): void {
    this.bytes.copyWithin(at + count, at, this.length);
    this.length += count;
  }

  /** Puts a part in place of `count` bytes, or of those there are. */
  replace(at: number, count: number, part: Uint8Array): void {
    const rest = Math.min(at + count, this.length);
    this.bytes.copyWithin(at + part.length, rest, this.length);
    this.bytes.set(part, at);
    this.length += at - rest + part.length;
  }

  /** Puts the bytes from `from` up to `to` once more behind themselves. */
  repeat(from: number, to: number): void {
    const end = Math.min(to, this.length);
    this.open(end, end - from);
    this.bytes.copyWithin(end, from, end);
  }

  /** A copy. */
  take(maxBytes: number = CAPACITY_BYTES): Buffer {
    return Buffer.from(this.bytes.subarray(0, Math.min(this.length, maxBytes)));
  }
}
