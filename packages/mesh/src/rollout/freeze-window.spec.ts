import { describe, expect, test } from 'vitest';
import { describeWindow } from './describe-freeze.ts';
import { freezeWindowSchema } from './freeze-window.ts';
import { rolloutSpecSchema } from './spec.ts';

const timeZone = 'Europe/Berlin';
const spec = (...freezeWindows: object[]) =>
  rolloutSpecSchema.safeParse({
    service: 'orders',
    stable: 'v1',
    candidate: 'v2',
    steps: [{ type: 'setWeight', weight: 20 }],
    freezeWindows,
  });
/** The first thing that is wrong, as `0.to: …`. */
const wrong = (...windows: object[]) => {
  const [issue] = spec(...windows).error?.issues ?? [];
  return issue && `${issue.path.slice(1).join('.')}: ${issue.message}`;
};

test('three ways to say when, in words', () => {
  const words = (window: object) => describeWindow(freezeWindowSchema.parse(window));
  const nights = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '20:00', to: '08:00', timeZone };
  expect(words({ ...nights, reason: 'nights' })).toBe('Mon to Fri, 20:00 to 08:00 Europe/Berlin: nights');
  expect(words({ days: ['sat', 'sun'], from: '00:00', to: '24:00', timeZone })).toBe(
    'Sat and Sun, all day Europe/Berlin',
  );
  expect(words({ from: 'fri 16:00', to: 'mon 08:00', timeZone, reason: 'weekend' })).toBe(
    'Fri 16:00 to Mon 08:00 Europe/Berlin: weekend',
  );
  expect(words({ from: '2026-12-20T16:00+01:00', to: '2027-01-05T07:00Z', timeZone })).toBe(
    '20 Dec 2026 16:00 to 5 Jan 2027 08:00 Europe/Berlin',
  );
});

test('without windows there are none', () => {
  expect(spec().data?.freezeWindows).toEqual([]);
});

describe('what cannot be meant is said at its field', () => {
  const days = ['mon'];
  test.each([
    [{ days, from: '16:00', to: '08:00' }, '0.timeZone: say in which time zone, such as Europe/Berlin'],
    [
      { days, from: '16:00', to: '08:00', timeZone: 'Berlin' },
      '0.timeZone: no time zone is called "Berlin"; write one such as Europe/Berlin or UTC',
    ],
    [
      { days, from: '16:00', to: '16:00', timeZone },
      '0.to: ends when it begins; for whole days write from 00:00 to 24:00',
    ],
    [{ days, from: '4pm', to: '08:00', timeZone }, '0.from: write a time, such as 16:00'],
    [{ days, from: '24:00', to: '08:00', timeZone }, '0.from: write a time, such as 16:00'],
    [{ days, from: '16:00', to: '24:30', timeZone }, '0.to: write a time, such as 08:00 or 24:00'],
    [{ days: [], from: '16:00', to: '08:00', timeZone }, '0.days: choose a day'],
    [{ from: 'fri 16:00', to: 'monday', timeZone }, '0.to: write a day and a time, such as mon 08:00'],
    [{ from: 'fri 16:00', to: 'fri 16:00', timeZone }, '0.to: ends when it begins, so it would never end'],
    [{ from: 'sun 24:00', to: 'mon 00:00', timeZone }, '0.from: write a day and a time, such as fri 16:00'],
    [{ from: '2026-12-20T16:00', to: '2027-01-05T08:00Z' }, '0.from: write a date with its offset'],
    [{ from: '16:00', to: '08:00', timeZone }, '0.from: write a date with its offset'],
    [{ from: '2026-12-20T16:00Z', to: 'soon' }, '0.to: write a date with its offset'],
    [{ from: '2026-12-20T16:00Z', to: '2026-12-19T16:00Z' }, '0.to: ends before it begins'],
    [{ from: '2026-12-20T16:00Z', to: '2026-12-20T17:00+01:00' }, '0.to: ends when it begins'],
    [{ from: '2026-12-20T16:00Z', to: '2028-12-20T16:00Z' }, '0.to: at most a year after it begins'],
  ])('%o', (window, message) => {
    expect(wrong(window)).toContain(message);
  });
});

test('windows that together never end are refused', () => {
  const everyDay = { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], timeZone };
  const never = ': together they never end; leave a time in which the rollout can go on';
  expect(wrong({ ...everyDay, from: '00:00', to: '24:00' })).toBe(never);
  expect(
    wrong({ ...everyDay, from: '20:00', to: '08:00' }, { ...everyDay, from: '08:00', to: '20:00' }),
  ).toBe(never);
  expect(
    wrong({ from: 'mon 00:00', to: 'sun 23:00', timeZone }, { from: 'sun 22:00', to: 'mon 01:00', timeZone }),
  ).toBe(never);
  expect(spec({ ...everyDay, from: '00:00', to: '23:59' }).success).toBe(true);
  expect(spec({ from: 'mon 08:00', to: 'mon 07:00', timeZone }).success).toBe(true);
});
