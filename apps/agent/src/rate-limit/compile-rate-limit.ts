import type { RateLimit } from '@tulle/mesh/rate-limit';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { policyLine, refusalLines } from './answer-lines.ts';
import { KeyedBuckets } from './keyed-buckets.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { TokenBucket } from './token-bucket.ts';

/** About 1.5 MB for each limiter at worst. */
export const MAX_BUCKETS = 10_000;

/** `now` in milliseconds of the clock that `take` is asked with. */
export function compileRateLimit(settings: RateLimit, now: number): RateLimiter {
  return new DeclaredLimit(settings, bucketsOf(settings, now));
}

type Take = (head: RequestHead, source: string, now: number) => number;

class DeclaredLimit implements RateLimiter {
  readonly name: string;
  refused = 0;
  private readonly policy: string;
  private readonly takeToken: Take;

  constructor(settings: RateLimit, takeToken: Take) {
    this.name = settings.name;
    this.policy = policyLine(settings);
    this.takeToken = takeToken;
  }

  take(head: RequestHead, source: string, now: number): number {
    const waitMs = this.takeToken(head, source, now);
    if (waitMs > 0) this.refused++;
    return waitMs;
  }

  answerLines(waitMs: number): string {
    return refusalLines(this.name, this.policy, waitMs);
  }
}

function bucketsOf({ requests, perMs, burst, by }: RateLimit, now: number): Take {
  const size = { perMs: requests / perMs, burst: burst === 0 ? requests : burst };
  if (by.key === 'all') {
    const bucket = new TokenBucket(size, now);
    return (_head, _source, at) => bucket.take(size, at);
  }
  const buckets = new KeyedBuckets(size, MAX_BUCKETS, now);
  if (by.key === 'source') return (_head, source, at) => buckets.take(source, at);
  const { name } = by;
  return (head, _source, at) => buckets.take(head.get(name) ?? '', at);
}
