import { expect, test } from 'vitest';
import { defaultPolicy, policySchema } from './policy.ts';
import { describePolicy } from './policy-words.ts';

const told = (policy: Parameters<typeof describePolicy>[0]) =>
  describePolicy(policy).map(({ title, words }) =>
    `${title}: ${words.join(' · ')}`.replaceAll('\u2009', ' '),
  );

test('the defaults in words', () => {
  expect(told(defaultPolicy('orders'))).toEqual([
    'Timeouts: 30 s a request · 1 s to connect · 5 min without a byte',
    'Retries: up to 2 on reset · idempotent methods · at most 20 % more requests, or 10 a second',
    'Rate limits: none',
    'Circuit limits: 1,024 connections and 1,024 waiting for each instance',
    'Ejection: after 5 failures in a row · success 30 % below the others · for 5 s, twice as long each time · at most 50 % of a version',
    'Health check: none',
    'Balancing: the quicker of two',
    'Shedding: off',
    'Log and traces: no log · 1 % traced',
  ]);
});

test('what is declared in words', () => {
  const policy = policySchema.parse({
    kind: 'Policy',
    service: 'orders',
    timeouts: { requestMs: 0, perTryMs: 500, maxConnectionAgeMs: 60_000 },
    retries: { attempts: 3, on: [], methods: 'all', budgetPercent: 50 },
    rateLimits: [{ requests: 100, by: { key: 'source' } }],
    connections: { max: 1, maxPending: 0, maxRequests: 50 },
    outlierDetection: { consecutiveFailures: 1, successRateBelowPercent: 0, latencyAbovePercent: 300 },
    healthCheck: { type: 'grpc' },
    loadBalancer: {
      algorithm: 'consistentHash',
      hashKey: { by: 'header', name: 'x-user' },
      slowStartMs: 5_000,
    },
    concurrency: { adaptive: true },
    observability: { accessLog: 'sampled', tracePercent: 0 },
  });
  expect(told(policy)).toEqual([
    'Timeouts: no limit of a request · 500 ms a try · 1 s to connect · 5 min without a byte · connections live 1 min',
    'Retries: up to 3, of what reached nobody · every method · at most 50 % more requests, or 10 a second',
    'Rate limits: default: 100 requests in 1 s, for each source',
    'Circuit limits: 1 connection and 0 waiting for each instance · 50 requests in flight',
    'Ejection: after 1 failure in a row · median above 300 % of the others · for 5 s, twice as long each time · at most 50 % of a version',
    'Health check: gRPC every 10 s, within 1 s · out after 3 failures, back after 2 that succeed',
    'Balancing: by hash of header x-user · new ones get their share within 5 s',
    'Shedding: by latency, from 8 to 1,000 in flight',
    'Log and traces: 1 % logged · no traces begun',
  ]);
});

test('what is switched off says so', () => {
  const policy = policySchema.parse({
    kind: 'Policy',
    service: 'orders',
    retries: { attempts: 0 },
    outlierDetection: { consecutiveFailures: 0, successRateBelowPercent: 0 },
  });
  expect(told(policy)).toEqual(expect.arrayContaining(['Retries: none', 'Ejection: off']));
});
