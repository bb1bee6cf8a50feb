import type { RequestHead } from '@tulle/wire/http/message-head';

/** One declared limit with its buckets; outlives configurations that do not change it. */
export interface RateLimiter {
  readonly name: string;
  /** 0 when the request may pass, else the milliseconds after which another try may. `now` in milliseconds. */
  take(head: RequestHead, source: string, now: number): number;
  /** Whole field lines for the answer to a request that is refused: Retry-After and the RateLimit fields. */
  answerLines(waitMs: number): string;
  /** Requests refused since the process began. */
  readonly refused: number;
}
