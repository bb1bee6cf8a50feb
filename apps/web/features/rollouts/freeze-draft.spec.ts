import { freezeWindowSchema } from '@tulle/mesh/rollout/freeze-window';
import { expect, test } from 'vitest';
import { freezePresetNames, freezeWindowOf, newWindow, timeZoneNames } from './freeze-draft.ts';

const berlin = 'Europe/Berlin';
const now = Date.parse('2026-12-18T12:00Z');

test('every window to start from is right', () => {
  for (const preset of freezePresetNames) {
    const window = freezeWindowOf(newWindow(preset, berlin, now));
    expect(freezeWindowSchema.safeParse(window).error).toBeUndefined();
  }
  expect(freezeWindowOf(newWindow('weekends', berlin, now))).toEqual({
    from: 'fri 16:00',
    to: 'mon 08:00',
    timeZone: berlin,
    reason: 'weekend',
  });
});

test('dates are those of the chosen time zone', () => {
  expect(freezeWindowOf(newWindow('dates', berlin, now))).toMatchObject({
    from: '2026-12-18T23:00:00.000Z',
    to: '2026-12-25T23:00:00.000Z',
  });
});

test('midnight as an end is that of the day, and what is emptied is refused', () => {
  const day = { ...newWindow('days', berlin, now), fromTime: '00:00' };
  expect(freezeWindowOf(day)).toMatchObject({ from: '00:00', to: '24:00' });
  expect(freezeWindowSchema.safeParse(freezeWindowOf({ ...day, toTime: '' })).success).toBe(false);
  const dates = { ...newWindow('dates', berlin, now), toDate: '' };
  expect(freezeWindowSchema.safeParse(freezeWindowOf(dates)).error?.issues[0]?.path).toEqual(['to']);
});

test('the own time zone is offered first, each once', () => {
  const names = timeZoneNames(berlin);
  expect(names.slice(0, 2)).toEqual([berlin, 'UTC']);
  expect(new Set(names).size).toBe(names.length);
});
