import { emptySums, type Sums } from './sums.ts';

/** Writes whole numbers in as few bytes as they need (LEB128), into a buffer that grows. */
export class Packer {
  #bytes = new Uint8Array(1_024);
  #length = 0;

  number(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    let rest = value;
    // Beyond 31 bits the bit operators would cut off.
    while (rest > 0x7fff_ffff) {
      this.#bytes[this.#length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  text(value: string): void {
    const bytes = Buffer.from(value);
    this.number(bytes.length);
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  latency(sums: Sums): void {
    this.number(sums.zero);
    this.number(sums.sumUs);
    this.number(sums.counts.length);
    if (sums.counts.length === 0) return;
    this.number(sums.offset < 0 ? -sums.offset * 2 - 1 : sums.offset * 2);
    for (const count of sums.counts) this.number(count);
  }

  sums(sums: Sums): void {
    this.number(sums.ok);
    this.number(sums.clientErrors);
    this.number(sums.serverErrors);
    this.number(sums.meshErrors);
    this.number(sums.retries);
    this.number(sums.bytesSent);
    this.number(sums.bytesReceived);
    if (sums.meshErrors > 0) {
      this.number(sums.codes?.size ?? 0);
      for (const [code, count] of sums.codes ?? []) {
        this.text(code);
        this.number(count);
      }
    }
    this.latency(sums);
  }

  /** A copy of what was written; the packer is empty again. */
  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #grow(atLeast: number): void {
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + atLeast));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

/** Reads what a Packer wrote, in the same order. */
export class Unpacker {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#position >= this.#bytes.length;
  }

  number(): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw new RangeError('packed numbers end too early');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  }

  text(): string {
    const length = this.number();
    const text = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + this.#position, length).toString();
    this.#position += length;
    return text;
  }

  latency(into: Sums): void {
    into.zero = this.number();
    into.sumUs = this.number();
    const length = this.number();
    into.counts = [];
    into.offset = 0;
    if (length === 0) return;
    const offset = this.number();
    into.offset = offset % 2 === 1 ? -(offset + 1) / 2 : offset / 2;
    for (let slot = 0; slot < length; slot++) into.counts.push(this.number());
  }

  sums(): Sums {
    const sums = emptySums();
    sums.ok = this.number();
    sums.clientErrors = this.number();
    sums.serverErrors = this.number();
    sums.meshErrors = this.number();
    sums.retries = this.number();
    sums.bytesSent = this.number();
    sums.bytesReceived = this.number();
    if (sums.meshErrors > 0) {
      sums.codes = new Map();
      for (let left = this.number(); left > 0; left--) sums.codes.set(this.text(), this.number());
    }
    this.latency(sums);
    return sums;
  }
}
