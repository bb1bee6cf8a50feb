import { expect, test } from 'vitest';
import { firstInstantAt, isTimeZone, lastInstantBefore, wallTime } from './zoned-time.ts';

const berlin = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);
/** What the clock on the wall shows, written as if it were UTC. */
const wall = (text: string) => Date.parse(`${text}Z`);

test('a wall time on a usual day is one instant', () => {
  expect(firstInstantAt(wall('2026-01-12T08:00'), berlin)).toBe(at('2026-01-12T08:00+01:00'));
  expect(lastInstantBefore(wall('2026-07-13T08:00'), berlin)).toBe(at('2026-07-13T08:00+02:00'));
  expect(wallTime(at('2026-07-13T08:00+02:00'), berlin)).toBe(wall('2026-07-13T08:00'));
  expect(firstInstantAt(wall('2026-01-12T08:00'), '+05:30')).toBe(at('2026-01-12T08:00+05:30'));
});

test('a wall time that is skipped is the moment at which clocks go forward', () => {
  const change = at('2026-03-29T03:00+02:00');
  for (const skipped of ['02:00', '02:30', '03:00']) {
    expect(firstInstantAt(wall(`2026-03-29T${skipped}`), berlin)).toBe(change);
    expect(lastInstantBefore(wall(`2026-03-29T${skipped}`), berlin)).toBe(change);
  }
  expect(firstInstantAt(wall('2026-03-29T01:59'), berlin)).toBe(change - 60_000);
  expect(firstInstantAt(wall('2026-03-29T03:01'), berlin)).toBe(change + 60_000);
});

test('of a wall time that comes twice, a beginning takes the first and an end the last', () => {
  const twice = wall('2026-10-25T02:30');
  expect(firstInstantAt(twice, berlin)).toBe(at('2026-10-25T02:30+02:00'));
  expect(lastInstantBefore(twice, berlin)).toBe(at('2026-10-25T02:30+01:00'));
  // At 02:00 all that is before 02:00 is over, although the clocks show 02:00 once more.
  expect(lastInstantBefore(wall('2026-10-25T02:00'), berlin)).toBe(at('2026-10-25T02:00+02:00'));
  expect(firstInstantAt(wall('2026-10-25T03:00'), berlin)).toBe(at('2026-10-25T03:00+01:00'));
});

test('knows which time zones there are', () => {
  expect(['Europe/Berlin', 'UTC', 'America/New_York'].every(isTimeZone)).toBe(true);
  expect(isTimeZone('Europe/Atlantis')).toBe(false);
  expect(isTimeZone('')).toBe(false);
});
