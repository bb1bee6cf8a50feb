import fc from 'fast-check';
import { test } from 'vitest';
import { isoTime } from './iso-time.ts';

test('times of four-digit years are written as JavaScript writes them', () => {
  const milliseconds = fc.integer({ min: Date.UTC(1000, 0, 1), max: Date.UTC(9999, 11, 31) });
  fc.assert(fc.property(milliseconds, (at) => isoTime(at) === new Date(at).toISOString()));
});
