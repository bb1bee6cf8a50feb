import { expect, it } from 'vitest';
import { durationText, parseDuration } from './duration-text.ts';

it('reads the ways people write lengths of time', () => {
  expect(parseDuration('90 s')).toBe(90_000);
  expect(parseDuration('10 min')).toBe(600_000);
  expect(parseDuration('1h30m')).toBe(5_400_000);
  expect(parseDuration(' 1.5 h ')).toBe(5_400_000);
  expect(parseDuration('2')).toBe(120_000);
});

it('refuses what is no length of time', () => {
  for (const text of ['', 'soon', '10 parsecs', '-5 min', '5 min later', '<b>1</b>'])
    expect(parseDuration(text)).toBeNull();
});

it('writes what it can read back', () => {
  for (const ms of [0, 1_000, 90_000, 600_000, 5_400_000, 90_061_000])
    expect(parseDuration(durationText(ms))).toBe(ms);
  expect(durationText(5_400_000)).toBe('1 h 30 min');
});
