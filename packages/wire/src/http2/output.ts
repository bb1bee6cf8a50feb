import { type Bytes, copyBytes, newBytes, noBytes } from '../http/bytes.ts';
import { giveSlab, SLAB_BYTES, takeSlab } from '../http/slabs.ts';

/** Where output goes. */
export interface OutputTarget {
  /** It takes more now. */
  readonly isReady: boolean;
  /** The first `length` bytes are to be written. The slab is the target's, to be given back when they were. */
  write(slab: Bytes, length: number): void;
}

/** Told when there is something to take. */
interface OutputOwner {
  onOutput(): void;
}

/**
 * What waits to be written to the socket. Frames, and the bytes in them, are written one behind the other into slabs, so
 * that all of one turn of the event loop leave as one piece.
 */
export class Output {
  /** Frames are written here at {@link at}, once {@link reserve} has seen to it that there is room. */
  slab: Bytes = noBytes;
  at = 0;
  private readonly owner: OutputOwner;
  private announced = false;
  /** Those that are full, and how much stands in each. */
  private readonly full: Bytes[] = [];
  private readonly lengths: number[] = [];
  private fullBytes = 0;
  /** The flags of the last DATA or HEADERS frame, and its stream; 0 when it was handed over. */
  private flagSlab: Bytes = noBytes;
  private flagAt = 0;
  private flagStream = 0;

  constructor(owner: OutputOwner) {
    this.owner = owner;
  }

  /** Comes before anything is written; the owner hears of it once until all of the output was taken. */
  announce(): void {
    if (this.announced) return;
    this.announced = true;
    this.owner.onOutput();
  }

  get pendingBytes(): number {
    return this.fullBytes + this.at;
  }

  /** Makes room for `size` bytes in one piece. */
  reserve(size: number): void {
    if (this.at + size <= this.slab.length) return;
    this.seal();
    this.slab = size > SLAB_BYTES ? newBytes(size) : takeSlab();
  }

  /** The frame that was just written has its flags at `at` of the slab and may yet be made the last of its stream. */
  markFlags(at: number, stream: number): void {
    this.flagSlab = this.slab;
    this.flagAt = at;
    this.flagStream = stream;
  }

  /** Sets a flag of the last DATA or HEADERS frame; false when that is another stream's, or gone. */
  addFlag(stream: number, flag: number): boolean {
    if (this.flagStream !== stream) return false;
    this.flagSlab[this.flagAt] = (this.flagSlab[this.flagAt] as number) | flag;
    this.flagStream = 0;
    return true;
  }

  /** Hands over what the target takes. */
  flushTo(target: OutputTarget): void {
    while (this.pendingBytes > 0 && target.isReady) {
      if (this.full.length === 0) this.seal();
      const slab = this.full.shift() as Bytes;
      const length = this.lengths.shift() as number;
      this.fullBytes -= length;
      if (slab === this.flagSlab) this.flagStream = 0;
      target.write(slab, length);
    }
    this.announced = this.pendingBytes > 0;
  }

  /** All of it, as copies. */
  take(): Bytes[] {
    const pieces: Bytes[] = [];
    this.flushTo({
      isReady: true,
      write(slab, length) {
        pieces.push(copyBytes(slab, 0, length));
        giveSlab(slab);
      },
    });
    return pieces;
  }

  private seal(): void {
    const { slab, at } = this;
    this.slab = noBytes;
    this.at = 0;
    if (at > 0) {
      this.full.push(slab);
      this.lengths.push(at);
      this.fullBytes += at;
    } else {
      giveSlab(slab);
    }
  }
}
