import { FLAG, FRAME, HEADER_BYTES, writeFrameHeader, writeUint32 } from './frame-header.ts';
import type { Output } from './output.ts';
import { SETTING_BYTES, type Setting } from './settings.ts';

/** RFC 9113 section 3.4. */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
export const PING_BYTES = 8;

/** Writes the small frames: all but DATA and heads. */
export class FrameWriter {
  private readonly output: Output;

  constructor(output: Output) {
    this.output = output;
  }

  preface(): void {
    const { slab, at } = this.room(PREFACE.length);
    for (let i = 0; i < PREFACE.length; i++) slab[at + i] = PREFACE.charCodeAt(i);
  }

  settings(settings: readonly Setting[]): void {
    const { slab, at } = this.frame(settings.length * SETTING_BYTES, FRAME.settings, 0, 0);
    settings.forEach(([id, value], index) => {
      const to = at + index * SETTING_BYTES;
      slab[to] = id >>> 8;
      slab[to + 1] = id;
      writeUint32(slab, to + 2, value);
    });
  }

  settingsAck(): void {
    this.frame(0, FRAME.settings, FLAG.ack, 0);
  }

  /** `data`: eight bytes at `from`. */
  ping(flags: number, data: Uint8Array, from: number): void {
    const { slab, at } = this.frame(PING_BYTES, FRAME.ping, flags, 0);
    for (let i = 0; i < PING_BYTES; i++) slab[at + i] = data[from + i] as number;
  }

  /** `reason` is for whoever looks for the fault at the other end. */
  goAway(lastStream: number, code: number, reason: string): void {
    const { slab, at } = this.frame(8 + reason.length, FRAME.goAway, 0, 0);
    writeUint32(slab, at, lastStream);
    writeUint32(slab, at + 4, code);
    for (let i = 0; i < reason.length; i++) slab[at + 8 + i] = reason.charCodeAt(i);
  }

  rstStream(stream: number, code: number): void {
    const { slab, at } = this.frame(4, FRAME.rstStream, 0, stream);
    writeUint32(slab, at, code);
  }

  windowUpdate(stream: number, increment: number): void {
    const { slab, at } = this.frame(4, FRAME.windowUpdate, 0, stream);
    writeUint32(slab, at, increment);
  }

  /** Writes the header; returns where the payload goes. */
  private frame(length: number, type: number, flags: number, stream: number): WritePlace {
    const place = this.room(HEADER_BYTES + length);
    writeFrameHeader(place.slab, place.at, length, type, flags, stream);
    place.at += HEADER_BYTES;
    return place;
  }

  private readonly place: WritePlace = { slab: new Uint8Array(0), at: 0 };

  private room(size: number): WritePlace {
    const { output, place } = this;
    output.reserve(size);
    place.slab = output.slab;
    place.at = output.at;
    output.at += size;
    return place;
  }
}

interface WritePlace {
  slab: Uint8Array;
  at: number;
}
