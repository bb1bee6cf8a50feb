import { expect, test } from 'vitest';
import { healthOf } from './health.ts';

test('health by the share of errors', () => {
  expect(healthOf({ requests: 0, errors: 0 })).toBe('idle');
  expect(healthOf({ requests: 1_000, errors: 9 })).toBe('ok');
  expect(healthOf({ requests: 1_000, errors: 10 })).toBe('degraded');
  expect(healthOf({ requests: 1_000, errors: 50 })).toBe('failing');
});

test('one error among a few requests is no trend, but all failing is', () => {
  expect(healthOf({ requests: 10, errors: 1 })).toBe('ok');
  expect(healthOf({ requests: 10, errors: 2 })).toBe('failing');
  expect(healthOf({ requests: 1, errors: 1 })).toBe('failing');
});

test('slower than the limit is degraded', () => {
  expect(healthOf({ requests: 100, errors: 0, p95Ms: 300, maxP95Ms: 250 })).toBe('degraded');
  expect(healthOf({ requests: 100, errors: 0, p95Ms: 250, maxP95Ms: 250 })).toBe('ok');
  expect(healthOf({ requests: 100, errors: 0, p95Ms: 300 })).toBe('ok');
  expect(healthOf({ requests: 100, errors: 0, maxP95Ms: 250 })).toBe('ok');
});
