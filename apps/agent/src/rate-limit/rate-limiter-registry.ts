import type { RateLimit } from '@tulle/mesh/rate-limit';
import { compileRateLimit } from './compile-rate-limit.ts';
import type { RateLimiter } from './rate-limiter.ts';

/**
 * The limiters of this agent. One whose settings a configuration leaves unchanged is kept with its buckets: otherwise
 * every change of anything would let a burst through.
 */
export class RateLimiterRegistry {
  private readonly services = new Map<string, ReadonlyMap<string, RateLimiter>>();

  /** Begins to compile a view of `service`; nothing changes until {@link RateLimiterCompilation.commit}. */
  compile(service: string, now: number): RateLimiterCompilation {
    const known = this.services.get(service) ?? new Map();
    return new RateLimiterCompilation(known, now, (used) => this.services.set(service, used));
  }

  forget(isKnown: (service: string) => boolean): void {
    for (const service of [...this.services.keys()]) if (!isKnown(service)) this.services.delete(service);
  }

  /** For metrics: service and limiter. */
  *entries(): Iterable<readonly [service: string, limiter: RateLimiter]> {
    for (const [service, limiters] of this.services) {
      for (const limiter of limiters.values()) yield [service, limiter];
    }
  }
}

export class RateLimiterCompilation {
  private readonly known: ReadonlyMap<string, RateLimiter>;
  private readonly used = new Map<string, RateLimiter>();
  private readonly now: number;
  private readonly onCommit: (used: ReadonlyMap<string, RateLimiter>) => void;

  constructor(
    known: ReadonlyMap<string, RateLimiter>,
    now: number,
    onCommit: (used: ReadonlyMap<string, RateLimiter>) => void,
  ) {
    this.known = known;
    this.now = now;
    this.onCommit = onCommit;
  }

  /**
   * The limiter for one declaration. `place` is where it was declared (`policy`, or a rule); within it, limits are
   * recognised by their settings, so that their order may change.
   */
  obtain(place: string, settings: RateLimit): RateLimiter {
    const name = `${place} ${JSON.stringify(settings)}`;
    let key = name;
    for (let twin = 2; this.used.has(key); twin++) key = `${name} ${twin}`;
    const limiter = this.known.get(key) ?? compileRateLimit(settings, this.now);
    this.used.set(key, limiter);
    return limiter;
  }

  /** The view is in force: limiters it did not ask for are forgotten. */
  commit(): void {
    this.onCommit(this.used);
  }
}
