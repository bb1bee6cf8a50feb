import { type RateLimit, rateLimitSchema } from '@tulle/mesh/rate-limit';
import { FIELD } from '@tulle/wire/http/known-fields';
import { RequestHead } from '@tulle/wire/http/message-head';
import { describe, expect, it } from 'vitest';
import { compileRateLimit } from './compile-rate-limit.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { RateLimiterRegistry } from './rate-limiter-registry.ts';

function limit(fields: Partial<RateLimit> = {}): RateLimit {
  return rateLimitSchema.parse({ requests: 2, ...fields });
}

function headWith(...fields: readonly (readonly [string, string])[]): RequestHead {
  const head = new RequestHead(16);
  for (const [name, value] of fields) head.addLine(FIELD.other, `${name}: ${value}\r\n`, name.length);
  return head;
}

function takeAll(limiter: RateLimiter, head: RequestHead, source = 'shop'): number {
  let taken = 0;
  while (limiter.take(head, source, 0) === 0) taken++;
  return taken;
}

describe('a rate limit', () => {
  it('is one bucket for all', () => {
    const limiter = compileRateLimit(limit(), 0);
    expect(takeAll(limiter, headWith(), 'shop')).toBe(2);
    expect(takeAll(limiter, headWith(), 'admin')).toBe(0);
    expect(limiter.refused).toBe(2);
  });

  it('lets as many pass as its rate says', () => {
    const limiter = compileRateLimit(limit({ requests: 4, perMs: 2_000, burst: 1 }), 0);
    const head = headWith();
    expect(limiter.take(head, 'shop', 0)).toBe(0);
    expect(limiter.take(head, 'shop', 100)).toBe(400);
    expect(limiter.take(head, 'shop', 500)).toBe(0);
    expect(limiter.take(head, 'shop', 900)).toBeCloseTo(100, 6);
    expect(limiter.take(head, 'shop', 1_000)).toBe(0);
    expect(limiter.refused).toBe(2);
  });

  it('is one for each source', () => {
    const limiter = compileRateLimit(limit({ by: { key: 'source' } }), 0);
    expect(takeAll(limiter, headWith(), 'shop')).toBe(2);
    expect(takeAll(limiter, headWith(), 'admin')).toBe(2);
  });

  it('is one for each value of a field, and one for all without it', () => {
    const limiter = compileRateLimit(limit({ burst: 5, by: { key: 'header', name: 'x-user' } }), 0);
    expect(takeAll(limiter, headWith(['x-user', 'ann']))).toBe(5);
    expect(takeAll(limiter, headWith(['X-User', 'bob']))).toBe(5);
    expect(takeAll(limiter, headWith(['x-user', 'ann']))).toBe(0);
    expect(takeAll(limiter, headWith())).toBe(5);
    expect(takeAll(limiter, headWith(['x-other', 'ann']))).toBe(0);
  });

  it.each<[Partial<RateLimit>, number, string]>([
    [
      { name: 'per-user', requests: 100, perMs: 60_000 },
      600,
      'retry-after: 1\r\nratelimit-policy: "per-user";q=100;w=60\r\nratelimit: "per-user";r=0;t=1\r\n',
    ],
    [
      { requests: 1, perMs: 86_400_000 },
      86_399_000.5,
      'retry-after: 86400\r\nratelimit-policy: "default";q=1;w=86400\r\nratelimit: "default";r=0;t=86400\r\n',
    ],
    [
      { requests: 10, perMs: 100 },
      10,
      'retry-after: 1\r\nratelimit-policy: "default";q=100;w=1\r\nratelimit: "default";r=0;t=1\r\n',
    ],
    [
      { requests: 3, perMs: 1_500 },
      500,
      'retry-after: 1\r\nratelimit-policy: "default";q=4;w=2\r\nratelimit: "default";r=0;t=1\r\n',
    ],
    [
      { requests: 1, perMs: 1_500 },
      1_500,
      'retry-after: 2\r\nratelimit-policy: "default";q=1;w=2\r\nratelimit: "default";r=0;t=2\r\n',
    ],
  ])('%j says in its answer when to come back', (fields, waitMs, lines) => {
    expect(compileRateLimit(limit(fields), 0).answerLines(waitMs)).toBe(lines);
  });
});

describe('the registry of limiters', () => {
  it('keeps a limiter as long as its settings stay the same', () => {
    const registry = new RateLimiterRegistry();
    const first = registry.compile('orders', 0);
    const kept = first.obtain('policy', limit());
    const changed = first.obtain('rule a', limit());
    first.commit();
    const second = registry.compile('orders', 0);
    expect(second.obtain('rule a', limit({ burst: 9 }))).not.toBe(changed);
    expect(second.obtain('policy', limit())).toBe(kept);
    second.commit();
    const third = registry.compile('orders', 0);
    expect(third.obtain('rule a', limit())).not.toBe(changed);
  });

  it('changes nothing until a view is in force', () => {
    const registry = new RateLimiterRegistry();
    const first = registry.compile('orders', 0);
    const kept = first.obtain('policy', limit());
    first.commit();
    registry.compile('orders', 0).obtain('policy', limit({ burst: 9 }));
    expect(registry.compile('orders', 0).obtain('policy', limit())).toBe(kept);
  });

  it('has two limiters for two equal declarations, and none for what is gone', () => {
    const registry = new RateLimiterRegistry();
    const first = registry.compile('orders', 0);
    const twins = [first.obtain('policy', limit()), first.obtain('policy', limit())];
    first.commit();
    expect(twins[0]).not.toBe(twins[1]);
    expect([...registry.entries()]).toEqual([
      ['orders', twins[0]],
      ['orders', twins[1]],
    ]);
    registry.forget((service) => service === 'orders');
    expect([...registry.entries()]).toHaveLength(2);
    registry.forget(() => false);
    expect([...registry.entries()]).toEqual([]);
  });
});
