import { createHash } from 'node:crypto';
import { type BucketSize, TokenBucket } from './token-bucket.ts';

/** Longer values are kept as a digest of this length: a value may be as long as a head, and may be a secret. */
const MAX_KEY_LENGTH = 64;
/** How many buckets are looked at for each new one. */
const SWEEP = 4;

/**
 * One bucket for each value that requests carry, at most `maxBuckets`. Callers may choose these values, so:
 * - A bucket is forgotten only once it is full again, when a fresh one would be the same. Nobody gets rid of an empty
 *   bucket by sending many other values.
 * - When there is no room, and none to forget, new values share one bucket. So all values together never pass more than
 *   `maxBuckets + 1` buckets would.
 * - Every new value looks at some buckets in turn, so that memory follows the values in use and costs the same for each.
 */
export class KeyedBuckets {
  private readonly size: BucketSize;
  private readonly maxBuckets: number;
  private readonly buckets = new Map<string, TokenBucket>();
  private sweeper = this.buckets.entries();
  private readonly rest: TokenBucket;

  constructor(size: BucketSize, maxBuckets: number, now: number) {
    this.size = size;
    this.maxBuckets = maxBuckets;
    this.rest = new TokenBucket(size, now);
  }

  get count(): number {
    return this.buckets.size;
  }

  /** As {@link TokenBucket.take}. */
  take(value: string, now: number): number {
    const key = value.length > MAX_KEY_LENGTH ? digest(value) : value;
    const bucket = this.buckets.get(key) ?? this.open(key, now);
    return bucket.take(this.size, now);
  }

  private open(key: string, now: number): TokenBucket {
    this.sweep(now);
    if (this.buckets.size >= this.maxBuckets) return this.rest;
    const bucket = new TokenBucket(this.size, now);
    this.buckets.set(detached(key), bucket);
    return bucket;
  }

  private sweep(now: number): void {
    for (let left = SWEEP; left > 0; left--) {
      const { value, done } = this.sweeper.next();
      if (done === true) {
        this.sweeper = this.buckets.entries();
        return;
      }
      const [key, bucket] = value;
      if (bucket.isFull(this.size, now)) this.buckets.delete(key);
    }
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value, 'latin1').digest('base64');
}

/** A value cut out of a head keeps the whole head in memory: V8 makes a slice of it. */
function detached(key: string): string {
  return Buffer.from(key, 'latin1').toString('latin1');
}
