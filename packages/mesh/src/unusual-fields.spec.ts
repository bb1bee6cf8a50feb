import { expect, test } from 'vitest';
import { defaultPolicy, policySchema } from './policy.ts';
import { unusualFields } from './unusual-fields.ts';

test('only what differs from the defaults is told, with its unit', () => {
  const policy = policySchema.parse({
    kind: 'Policy',
    service: 'orders',
    timeouts: { requestMs: 0 },
    retries: { on: ['timeout'], budgetPercent: 50 },
    healthCheck: { type: 'tcp' },
    rateLimits: [{ name: 'api', requests: 10 }],
  });
  const told = unusualFields(policy).map(({ field, value, usual }) => [field, value, usual].join(' | '));
  expect(told.map((text) => text.replaceAll('\u2009', ' '))).toEqual([
    'timeouts.requestMs | no limit | 30 s',
    'retries.on | with timeout | ',
    'retries.budgetPercent | 50 % | 20 %',
    'healthCheck.type | tcp | ',
    'healthCheck.path | / | ',
    'healthCheck.intervalMs | 10 s | ',
    'healthCheck.timeoutMs | 1 s | ',
    'healthCheck.unhealthyAfter | 3 | ',
    'healthCheck.healthyAfter | 2 | ',
    'rateLimits.api | 10 requests in 1 s | ',
    'retries.on | without reset | ',
  ]);
  expect(unusualFields(defaultPolicy('orders'))).toEqual([]);
});
