import { expect, test } from 'vitest';
import { trySuccessWords } from './tries.ts';

const traffic = { requests: 100, successRate: 99 };

test('the success of tries is told where it differs from that of requests', () => {
  expect(trySuccessWords({ ...traffic, trySuccessRate: 90 })).toBe('90\u2009%');
  expect(trySuccessWords(traffic)).toBeNull();
  expect(trySuccessWords({ ...traffic, trySuccessRate: 98.9999 })).toBeNull();
  expect(trySuccessWords({ requests: 0, successRate: 100, trySuccessRate: 0 })).toBeNull();
});
