import { expect, test } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

test('lets a burst through, then as many as are refilled, each address for itself', () => {
  const clock = { now: 0 };
  const limit = createRateLimit({ perSecond: 2, burst: 3, now: () => clock.now });
  expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([true, true, true, false]);
  expect(limit.take('b')).toBe(true);
  clock.now += 500;
  expect([limit.take('a'), limit.take('a')]).toEqual([true, false]);
});

test('remembers a bounded number of addresses', () => {
  const limit = createRateLimit({ perSecond: 0, burst: 2, now: () => 0 });
  for (let address = 0; address < 10_000; address++) limit.take(`address-${address}`);
  expect([limit.take('new-1'), limit.take('new-2'), limit.take('new-3')]).toEqual([true, true, false]);
});
