import { type RetryCondition, retriesSchema } from '@tulle/mesh/retries';
import { describe, expect, it } from 'vitest';
import { compileRetryPolicy } from './compile-retry-policy.ts';
import { unlimitedRetries } from './retry-budget.ts';

function policyOf(...on: RetryCondition[]) {
  return compileRetryPolicy(retriesSchema.parse({ on }), unlimitedRetries);
}

function codes(limit: number, holds: (code: number) => boolean): number[] {
  return Array.from({ length: limit }, (_, code) => code).filter(holds);
}

describe('a retry policy', () => {
  it.each<[RetryCondition, number[]]>([
    ['gateway-error', [502, 503, 504]],
    ['server-error', Array.from({ length: 100 }, (_, index) => 500 + index)],
    ['conflict', [409]],
    ['rate-limited', [429]],
    ['reset', []],
    ['unavailable', []],
  ])('%s stands for its HTTP statuses', (condition, expected) => {
    expect(codes(1_000, policyOf(condition).onStatus)).toEqual(expected);
  });

  it.each<[RetryCondition, number[]]>([
    ['cancelled', [1]],
    ['deadline-exceeded', [4]],
    ['resource-exhausted', [8]],
    ['aborted', [10]],
    ['internal', [13]],
    ['unavailable', [14]],
    ['server-error', []],
  ])('%s stands for its gRPC status', (condition, expected) => {
    expect(codes(100, policyOf(condition).onGrpcStatus)).toEqual(expected);
  });

  it('holds for every condition that is named', () => {
    const policy = policyOf('reset', 'timeout', 'conflict', 'gateway-error', 'internal');
    expect(policy).toMatchObject({ onReset: true, onTimeout: true });
    expect(codes(600, policy.onStatus)).toEqual([409, 502, 503, 504]);
    expect(policyOf('conflict')).toMatchObject({ onReset: false, onTimeout: false });
  });

  it('repeats only what is idempotent, unless it is told that all is safe', () => {
    const policy = policyOf('reset');
    expect(['GET', 'PUT', 'DELETE'].every(policy.mayRepeat)).toBe(true);
    expect(['POST', 'PATCH', 'get', 'CONNECT'].some(policy.mayRepeat)).toBe(false);
    const told = compileRetryPolicy(retriesSchema.parse({ methods: 'all' }), unlimitedRetries);
    expect(told.mayRepeat('POST')).toBe(true);
  });

  it('waits a random time up to a bound that doubles', () => {
    const retries = retriesSchema.parse({ backoffBaseMs: 25, backoffMaxMs: 150 });
    const most = compileRetryPolicy(retries, unlimitedRetries, () => 1 - Number.EPSILON);
    expect([1, 2, 3, 4, 10].map((retry) => Math.round(most.backoffMs(retry)))).toEqual([
      25, 50, 100, 150, 150,
    ]);
    const least = compileRetryPolicy(retries, unlimitedRetries, () => 0);
    expect(least.backoffMs(5)).toBe(0);
  });
});
