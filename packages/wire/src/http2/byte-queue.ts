import { type Bytes, newBytes } from '../http/bytes.ts';
import { giveSlab, takeSlab } from '../http/slabs.ts';

/** Pieces grow up to here while parts are small; larger parts have a slab each. */
const MAX_SMALL_BYTES = 4 * 1024;
const MIN_COPY_BYTES = 512;

class Piece {
  readonly bytes: Bytes;
  start: number;
  end: number;

  constructor(bytes: Bytes, start: number, end: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}

/**
 * Data that waits, in either direction, in memory of its own: about as much as it holds bytes, however small its parts
 * were.
 */
export class ByteQueue {
  /** How much waits. */
  size = 0;
  private readonly pieces: Piece[] = [];
  private first = 0;

  add(bytes: Bytes, start: number, end: number): void {
    const length = end - start;
    this.size += length;
    const from = this.fillLast(bytes, start, end);
    if (from < end) this.addPiece(bytes, from, end);
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
    this.dropFirst();
    giveSlab(piece.bytes);
  }

  /** Takes the oldest piece out: its memory is the taker's. */
  shift(): Piece {
    const piece = this.pieces[this.first] as Piece;
    this.size -= piece.end - piece.start;
    this.dropFirst();
    return piece;
  }

  clear(): void {
    while (this.size > 0) giveSlab(this.shift().bytes);
  }

  private dropFirst(): void {
    this.first++;
    if (this.first < this.pieces.length && this.first < 32) return;
    this.pieces.splice(0, this.first);
    this.first = 0;
  }

  /** Returns where what is left over begins. */
  private fillLast(bytes: Bytes, start: number, end: number): number {
    const last = this.first < this.pieces.length ? this.pieces.at(-1) : undefined;
    if (last === undefined) return start;
    const count = Math.min(end - start, last.bytes.length - last.end);
    bytes.copy(last.bytes, last.end, start, start + count);
    last.end += count;
    return start + count;
  }

  private addPiece(bytes: Bytes, start: number, end: number): void {
    const length = end - start;
    const own =
      length < MAX_SMALL_BYTES
        ? newBytes(Math.min(Math.max(this.size, MIN_COPY_BYTES), MAX_SMALL_BYTES))
        : takeSlab(length);
    bytes.copy(own, 0, start, end);
    this.pieces.push(new Piece(own, 0, length));
  }
}
