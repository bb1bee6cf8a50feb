import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadBuffer } from './read-buffer.ts';

/** A socket as Node drives it: reads into the buffer it was given last, and asks for the next behind each read. */
class Reader {
  readonly got: Buffer[] = [];
  private readonly reads = new ReadBuffer((bytes) => this.got.push(bytes));
  private into = this.reads.buffer();

  read(length: number, byte: number): void {
    this.into.fill(byte, 0, length);
    this.reads.callback(length);
    this.into = this.reads.buffer();
  }
}

describe('what a socket reads to', () => {
  it('what was passed on is never written to again, whatever this socket and others read', () => {
    const length = fc.oneof(
      fc.integer({ min: 1, max: 65_536 }),
      fc.constant(65_536),
      fc.integer({ min: 1, max: 500 }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), length), { maxLength: 30 }), (steps) => {
        const readers = [new Reader(), new Reader(), new Reader()];
        const expected: [number, number][][] = [[], [], []];
        steps.forEach(([who, bytes], index) => {
          readers[who]?.read(bytes, index);
          expected[who]?.push([bytes, index]);
        });
        readers.forEach(({ got }, who) => {
          expect(got.map((bytes) => [bytes.length, bytes[0]])).toEqual(expected[who]);
          for (const bytes of got) expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
        });
      }),
      { numRuns: 100 },
    );
  });
});
