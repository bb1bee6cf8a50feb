import type { ResponseHead } from './message-head.ts';

/** What the heads before one final head may come to. Room for 102 (Processing) once a second for half an hour. */
const MAX_BYTES = 64 * 1024;
/** What one costs besides its fields. */
const HEAD_BYTES = 32;

/**
 * Bounds the interim responses to one request (RFC 9110 section 15.2), of which a server may send any number. They have
 * to be passed on although no window holds them back and no caller may be reading: without a bound they would fill the
 * memory of every proxy on the way.
 */
export class InterimBudget {
  private left = MAX_BYTES;

  /** For the next request. */
  reset(): void {
    this.left = MAX_BYTES;
  }

  /** False: it was one too many. */
  take(head: ResponseHead): boolean {
    this.left -= HEAD_BYTES + head.end;
    return this.left >= 0;
  }
}
