import type { OnReadOpts } from 'node:net';

const READ_BYTES = 64 * 1024;
/** A smaller read is copied: that costs less than new memory for the next one. */
const KEPT_BYTES = 16 * 1024;

/** What is read into it is copied before another socket reads. */
const shared = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Where a socket reads to. Node makes 64 KiB of memory for every read, however little comes, and reads once more after
 * a pause; with a buffer of ours it does neither. What is passed on is never written to again, as with Node's own.
 */
export class ReadBuffer implements OnReadOpts {
  private readonly onBytes: (bytes: Buffer) => void;
  /** Of this socket alone, once it has carried a large body. */
  private own: Buffer | undefined = undefined;
  private isGiven = false;

  constructor(onBytes: (bytes: Buffer) => void) {
    this.onBytes = onBytes;
  }

  /** What the next read goes to. */
  readonly buffer = (): Uint8Array => {
    if (this.isGiven) {
      this.isGiven = false;
      this.own = Buffer.allocUnsafeSlow(READ_BYTES);
    }
    return this.own ?? shared;
  };

  readonly callback = (length: number): boolean => {
    this.onBytes(this.take(length));
    return true;
  };

  private take(length: number): Buffer {
    const { own } = this;
    if (length < KEPT_BYTES) return Buffer.copyBytesFrom(own ?? shared, 0, length);
    this.isGiven = true;
    return own === undefined ? Buffer.copyBytesFrom(shared, 0, length) : own.subarray(0, length);
  }
}
