import { describe, expect, it } from 'vitest';
import { defaultPolicy, policySchema } from './policy.ts';

const parse = (fields: object) => policySchema.safeParse({ kind: 'Policy', service: 'orders', ...fields });

it('has defaults for everything, which are what a service without a policy has', () => {
  const policy = defaultPolicy('orders');
  expect(parse({}).data).toEqual(policy);
  expect(policy).toMatchObject({
    hop: 'http2',
    timeouts: {
      connectMs: 1_000,
      requestMs: 30_000,
      perTryMs: 0,
      idleMs: 300_000,
      tcpIdleMs: 3_600_000,
      maxConnectionAgeMs: 0,
    },
    retries: { attempts: 2, on: ['reset'], methods: 'idempotent', budgetPercent: 20, budgetMinPerSecond: 10 },
    loadBalancer: { algorithm: 'peakEwma', panicPercent: 50 },
    outlierDetection: { consecutiveFailures: 5, maxEjectedPercent: 50 },
    rateLimits: [],
    concurrency: { adaptive: false },
    observability: { accessLog: 'off', tracePercent: 1 },
  });
  expect(policy.healthCheck).toBeUndefined();
});

it('takes what the first version stored', () => {
  const stored = {
    timeouts: { connectMs: 500, requestMs: 0, idleMs: 1_000 },
    retries: { attempts: 5 },
    connections: { max: 7, maxPending: 0 },
  };
  expect(parse(stored).data).toMatchObject({ ...stored, connections: { maxRequests: 0 }, hop: 'http2' });
});

describe('refuses, and says where', () => {
  const cases: [string, object, string, string][] = [
    ['an unknown field', { timeout: {} }, '', 'there is no field timeout'],
    [
      'a fraction of a millisecond',
      { timeouts: { idleMs: 1.5 } },
      'timeouts.idleMs',
      'must be a whole number',
    ],
    [
      'a try longer than all',
      { timeouts: { requestMs: 10, perTryMs: 11 } },
      'timeouts.perTryMs',
      'longer than the whole',
    ],
    ['too many attempts', { retries: { attempts: 11 } }, 'retries.attempts', 'at most 10'],
    ['an unknown condition', { retries: { on: ['5xx'] } }, 'retries.on.0', 'must be one of reset, '],
    [
      'a backoff that shrinks',
      { retries: { backoffBaseMs: 300 } },
      'retries.backoffBaseMs',
      'above backoffMaxMs',
    ],
    [
      'hashing by nothing',
      { loadBalancer: { algorithm: 'consistentHash' } },
      'loadBalancer.hashKey',
      'needs a hashKey',
    ],
    [
      'ejections that shrink',
      { outlierDetection: { baseEjectionMs: 400_000 } },
      'outlierDetection.baseEjectionMs',
      'above maxEjectionMs',
    ],
    [
      'checks that overlap',
      { healthCheck: { timeoutMs: 20_000 } },
      'healthCheck.timeoutMs',
      'before the next one begins',
    ],
    [
      'limits of one name',
      { rateLimits: [{ requests: 1 }, { requests: 2 }] },
      'rateLimits.1.name',
      'two limits called default',
    ],
    ['concurrency upside down', { concurrency: { min: 5_000 } }, 'concurrency.min', 'min is above max'],
    ['more than all', { observability: { tracePercent: 101 } }, 'observability.tracePercent', 'at most 100'],
  ];
  it.each(cases)('%s', (_what, fields, path, message) => {
    const [issue] = parse(fields).error?.issues ?? [];
    expect(issue?.path.join('.')).toBe(path);
    expect(issue?.message).toContain(message);
  });
});
