import { type Bytes, newBytes } from '../http/bytes.ts';

/** A smaller range is copied, so that a few bytes do not keep the whole buffer of a read alive. */
const COPIED_BYTES = 4 * 1024;
const MIN_COPY_BYTES = 512;

class Piece {
  readonly bytes: Bytes;
  start: number;
  end: number;
  /** Made here: what comes next may be put behind it. */
  readonly isOwn: boolean;

  constructor(bytes: Bytes, start: number, end: number, isOwn: boolean) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.isOwn = isOwn;
  }
}

/** Data that waits, in either direction. Holds about as much memory as it holds bytes, however small its parts were. */
export class ByteQueue {
  /** How much waits. */
  size = 0;
  private readonly pieces: Piece[] = [];
  private first = 0;

  add(bytes: Bytes, start: number, end: number): void {
    const length = end - start;
    this.size += length;
    if (length >= COPIED_BYTES) this.pieces.push(new Piece(bytes, start, end, false));
    else this.copy(bytes, start, end);
  }

  /** The oldest piece: its bytes, and where they start and end. Only while `size` is not 0. */
  get bytes(): Bytes {
    return (this.pieces[this.first] as Piece).bytes;
  }

  get start(): number {
    return (this.pieces[this.first] as Piece).start;
  }

  get end(): number {
    return (this.pieces[this.first] as Piece).end;
  }

  /** Drops what was used of the oldest piece. */
  advance(length: number): void {
    const piece = this.pieces[this.first] as Piece;
    piece.start += length;
    this.size -= length;
    if (piece.start < piece.end) return;
    this.first++;
    if (this.first === this.pieces.length || this.first === 32) {
      this.pieces.splice(0, this.first);
      this.first = 0;
    }
  }

  clear(): void {
    if (this.size === 0) return;
    this.pieces.length = 0;
    this.first = 0;
    this.size = 0;
  }

  private copy(bytes: Bytes, start: number, end: number): void {
    let from = start;
    const last = this.first < this.pieces.length ? this.pieces.at(-1) : undefined;
    if (last?.isOwn) {
      const count = Math.min(end - from, last.bytes.length - last.end);
      bytes.copy(last.bytes, last.end, from, from + count);
      last.end += count;
      from += count;
    }
    if (from === end) return;
    const size = Math.min(Math.max(this.size, MIN_COPY_BYTES), COPIED_BYTES);
    const own = newBytes(size);
    bytes.copy(own, 0, from, end);
    this.pieces.push(new Piece(own, 0, end - from, true));
  }
}
