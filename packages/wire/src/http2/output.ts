import { type Bytes, newBytes, noBytes } from '../http/bytes.ts';

/** Where output goes: a socket has this shape. */
export interface OutputTarget {
  write(bytes: Bytes): unknown;
}

/** Told when there is something to take. */
interface OutputOwner {
  onOutput(): void;
}

/** A slab of a session that writes little, and of one that writes much. */
const MIN_SLAB_BYTES = 2 * 1024;
const MAX_SLAB_BYTES = 32 * 1024;
/** Slabs are cut from larger pieces of memory, because those are dear to make. */
const POOL_BYTES = 64 * 1024;

let pool = noBytes;
let poolAt = 0;

function cutSlab(size: number): Bytes {
  if (size > MAX_SLAB_BYTES) return newBytes(size);
  if (poolAt + size > pool.length) {
    pool = newBytes(POOL_BYTES);
    poolAt = 0;
  }
  const slab = pool.subarray(poolAt, poolAt + size);
  poolAt += size;
  return slab;
}

/**
 * What waits to be written to the socket. Frames are written one behind the other into a slab, so that all of one turn
 * of the event loop leave as one piece; large payloads are taken as they are. What was handed over is never written to
 * again: the next turn goes on behind it.
 */
export class Output {
  /** Frames are written here at {@link at}, once {@link reserve} has seen to it that there is room. */
  slab: Bytes = noBytes;
  at = 0;
  private readonly owner: OutputOwner;
  private announced = false;
  private start = 0;
  private slabBytes = MIN_SLAB_BYTES;
  private readonly pieces: Bytes[] = [];
  private pieceBytes = 0;
  /** The flags of the last DATA or HEADERS frame, and its stream; 0 when it was handed over. */
  private flagSlab: Bytes = noBytes;
  private flagAt = 0;
  private flagStream = 0;

  constructor(owner: OutputOwner) {
    this.owner = owner;
  }

  /** Comes before anything is written; the owner hears of it once until the output was taken. */
  announce(): void {
    if (this.announced) return;
    this.announced = true;
    this.owner.onOutput();
  }

  get pendingBytes(): number {
    return this.pieceBytes + this.at - this.start;
  }

  /** Makes room for `size` bytes in one piece. */
  reserve(size: number): void {
    if (this.at + size <= this.slab.length) return;
    this.fitSlab();
    this.seal();
    this.slab = cutSlab(Math.max(this.slabBytes, size));
    this.start = 0;
    this.at = 0;
  }

  /** Takes bytes as they are; nobody may write to them any more. */
  addReference(bytes: Bytes): void {
    this.seal();
    this.pieces.push(bytes);
    this.pieceBytes += bytes.length;
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

  flushTo(target: OutputTarget): void {
    this.announced = false;
    this.flagStream = 0;
    if (this.pieces.length === 0) {
      if (this.at === this.start) return;
      const only = this.slab.subarray(this.start, this.at);
      this.start = this.at;
      target.write(only);
      return;
    }
    for (const piece of this.take()) target.write(piece);
  }

  take(): Bytes[] {
    this.announced = false;
    this.flagStream = 0;
    this.seal();
    this.pieceBytes = 0;
    return this.pieces.splice(0);
  }

  /** A turn that is cut apart by the end of a slab gets larger ones, one that needs little of it smaller ones. */
  private fitSlab(): void {
    if (this.slab.length === 0) return;
    if (this.at > this.start) this.slabBytes = Math.min(this.slabBytes * 2, MAX_SLAB_BYTES);
    else this.slabBytes = Math.max(this.slabBytes / 2, MIN_SLAB_BYTES);
  }

  private seal(): void {
    if (this.at === this.start) return;
    this.pieces.push(this.slab.subarray(this.start, this.at));
    this.pieceBytes += this.at - this.start;
    this.start = this.at;
  }
}
