import { expect, test } from 'vitest';
import { triesOf } from './tries.ts';

test('a service that fails half of its tries and is asked twice succeeds by three quarters', () => {
  const traffic = { requests: 100, rate: 10, successRate: 75 };
  expect(triesOf(traffic, 50)).toEqual({ effective: 75, actual: 50, retryRate: 5 });
});

test('without retries there is one share, which is shown already', () => {
  expect(triesOf({ requests: 100, rate: 10, successRate: 75 }, 0)).toBeUndefined();
  expect(triesOf({ requests: 0, rate: 0, successRate: 100 }, 3)).toBeUndefined();
});
