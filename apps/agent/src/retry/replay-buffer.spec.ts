import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BodySink, ReplayBuffer } from './replay-buffer.ts';

class Sink implements BodySink {
  readonly parts: Buffer[] = [];

  sendBody(bytes: Uint8Array, start: number, end: number): void {
    this.parts.push(Buffer.from(bytes.subarray(start, end)));
  }

  get text(): string {
    return Buffer.concat(this.parts).toString('latin1');
  }
}

/** A chunk inside of memory that holds other things too, as a read of a socket with a head before the body. */
const chunk = fc
  .record({
    size: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 900, max: 3_000 })),
    before: fc.integer({ min: 0, max: 50 }),
    behind: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
    fill: fc.integer({ min: 33, max: 126 }),
  })
  .map(({ size, before, behind, fill }) => {
    const bytes = Buffer.from(new ArrayBuffer(before + size + behind)).fill('#');
    for (let at = 0; at < size; at++) bytes[before + at] = 33 + ((fill + at) % 94);
    return { bytes, start: before, end: before + size };
  });
const chunks = fc.array(chunk, { maxLength: 30 });

function textOf(list: readonly { bytes: Buffer; start: number; end: number }[]): string {
  return list.map(({ bytes, start, end }) => bytes.toString('latin1', start, end)).join('');
}

describe('a replay buffer', () => {
  it('replays exactly what came, any number of times, however it was cut', () => {
    fc.assert(
      fc.property(chunks, fc.integer({ min: 0, max: 30 }), (all, cut) => {
        const buffer = new ReplayBuffer(1_000_000);
        const first = new Sink();
        for (const { bytes, start, end } of all.slice(0, cut)) buffer.add(bytes, start, end);
        buffer.sendTo(first);
        expect(first.text).toBe(textOf(all.slice(0, cut)));
        for (const { bytes, start, end } of all.slice(cut)) buffer.add(bytes, start, end);
        const second = new Sink();
        buffer.sendTo(second);
        expect(second.text).toBe(textOf(all));
        expect(buffer.isWhole).toBe(true);
      }),
    );
  });

  it('is whole exactly as long as what came fits', () => {
    fc.assert(
      fc.property(chunks, fc.integer({ min: 0, max: 20_000 }), (all, maxBytes) => {
        const buffer = new ReplayBuffer(maxBytes);
        let size = 0;
        for (const { bytes, start, end } of all) {
          buffer.add(bytes, start, end);
          size += end - start;
          expect(buffer.isWhole).toBe(size <= maxBytes);
        }
        const sink = new Sink();
        buffer.sendTo(sink);
        expect(sink.text).toBe(size <= maxBytes ? textOf(all) : '');
      }),
    );
  });

  it('keeps memory of about twice the limit, whatever the sizes of chunks', () => {
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 200, maxLength: 300 }), (all) => {
        const buffer = new ReplayBuffer(65_536);
        let size = 0;
        for (const { bytes, start, end } of all) {
          size += end - start;
          if (size <= 65_536) buffer.add(bytes, start, end);
        }
        const behind = new Set<ArrayBufferLike>();
        buffer.sendTo({ sendBody: (bytes) => behind.add(bytes.buffer) });
        const pinned = [...behind].reduce((sum, memory) => sum + memory.byteLength, 0);
        expect(pinned).toBeLessThanOrEqual(2 * 65_536 + 2_048);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps what comes for a try that was decided on, and then lets go', () => {
    const buffer = new ReplayBuffer(5);
    const bytes = Buffer.from('abcdefgh');
    buffer.add(bytes, 0, 4);
    buffer.expectTry();
    buffer.add(bytes, 4, 8);
    expect(buffer.isWhole).toBe(true);
    const sink = new Sink();
    buffer.sendTo(sink);
    expect(sink.text).toBe('abcdefgh');
    expect(buffer.isWhole).toBe(false);
  });
});
