import type { RequestHead } from '@tulle/wire/http/message-head';

/** One declared limit with its buckets; outlives configurations that do not change it. */
export interface RateLimiter {
  readonly name: string;
  /** 0 when the request may pass, else the milliseconds after which another try may. `now` in milliseconds. */
  take(head: RequestHead, source: string, now: number): number;
  /** For the fields RateLimit-Limit and RateLimit-Remaining of a refusal. */
  readonly limit: number;
  /** Requests refused since the process began. */
  readonly refused: number;
}
