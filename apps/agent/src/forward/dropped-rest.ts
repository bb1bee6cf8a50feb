import { LINGER_MS } from './lingering-close.ts';

const MAX_BYTES = 8 * 1024 * 1024;

/** What is left of a request that was answered before its end: read and dropped, up to a size and for {@link LINGER_MS}. */
export class DroppedRest {
  private bytes = 0;
  private readonly since: number;

  constructor(now: number) {
    this.since = now;
  }

  /** False when it is too much. */
  drop(bytes: number): boolean {
    this.bytes += bytes;
    return this.bytes <= MAX_BYTES;
  }

  isLate(now: number): boolean {
    return now - this.since >= LINGER_MS;
  }
}
