import * as z from 'zod/mini';
import { reasonSchema } from '../names.ts';
import { isTimeZone } from '../zoned-time.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

const dayMinutes = 1_440;
const weekMinutes = 7 * dayMinutes;
const maxDatedMs = 366 * 86_400_000;

/**
 * A time in which no step begins that gives the candidate more traffic. Three ways to say when:
 *
 * - `days` with `from` and `to` as `HH:MM`: on each of these days; one that ends at or before its beginning ends on the
 *   next day. `24:00` is the end of the day.
 * - `from` and `to` as `fri 16:00` and `mon 08:00`: once a week, from the one to the other.
 * - `from` and `to` as instants, `2026-12-20T16:00+01:00`: once. `timeZone` then only says how to write them.
 */
const shapeSchema = z.strictObject({
  days: z.optional(
    z.array(z.enum(weekdays)).check(z.minLength(1, 'choose a day'), z.maxLength(7, 'a week has seven days')),
  ),
  from: z.string().check(z.maxLength(40)),
  to: z.string().check(z.maxLength(40)),
  /** As in the IANA database: `Europe/Berlin`. */
  timeZone: z.optional(z.string().check(z.maxLength(64))),
  reason: z._default(reasonSchema, ''),
});
export type FreezeWindow = z.infer<typeof shapeSchema>;

/** A window as it is computed with: instants, or a beginning in the week and a length, both in minutes. */
export type WindowTimes =
  | { readonly kind: 'dated'; readonly start: number; readonly end: number; readonly timeZone: string }
  | {
      readonly kind: 'weekly';
      /** Weekdays on which it begins: 0 is Monday. */
      readonly days: readonly number[];
      /** Of the day it begins on. */
      readonly fromMinute: number;
      /** Counted from the midnight before `fromMinute`: more than 1440 ends on a later day. */
      readonly toMinute: number;
      readonly timeZone: string;
    };

interface Problem {
  readonly field: keyof FreezeWindow;
  readonly message: string;
}

export const freezeWindowSchema = shapeSchema.check((context) => {
  const read = readWindow(context.value);
  if ('problem' in read) {
    const { field, message } = read.problem;
    context.issues.push({ code: 'custom', input: context.value, path: [field], message });
  }
});

/** The times of a valid window. */
export function timesOf(window: FreezeWindow): WindowTimes {
  const read = readWindow(window);
  if ('problem' in read) throw new TypeError(`${read.problem.field}: ${read.problem.message}`);
  return read.times;
}

type Reading = { readonly times: WindowTimes } | { readonly problem: Problem };

function readWindow(window: FreezeWindow): Reading {
  if (window.timeZone !== undefined && !isTimeZone(window.timeZone)) {
    const message = `no time zone is called "${window.timeZone}"; write one such as Europe/Berlin or UTC`;
    return problem('timeZone', message);
  }
  if (window.days !== undefined) return readDaily(window, window.days);
  return weekTime(window.from) === undefined ? readDated(window) : readSpan(window);
}

function readDaily(window: FreezeWindow, days: readonly Weekday[]): Reading {
  const { from, to, timeZone } = window;
  const fromMinute = minuteOf(from);
  if (fromMinute === undefined || fromMinute === dayMinutes)
    return problem('from', 'write a time, such as 16:00');
  const toMinute = minuteOf(to);
  if (toMinute === undefined) return problem('to', 'write a time, such as 08:00 or 24:00');
  if (fromMinute === toMinute) {
    return problem('to', 'ends when it begins; for whole days write from 00:00 to 24:00');
  }
  if (timeZone === undefined) return missingZone();
  return {
    times: {
      kind: 'weekly',
      days: [...new Set(days.map((day) => weekdays.indexOf(day)))].sort(),
      fromMinute,
      toMinute: toMinute > fromMinute ? toMinute : toMinute + dayMinutes,
      timeZone,
    },
  };
}

function readSpan({ from, to, timeZone }: FreezeWindow): Reading {
  const start = weekTime(from);
  const end = weekTime(to);
  if (start === undefined || start.minute === dayMinutes) {
    return problem('from', 'write a day and a time, such as fri 16:00');
  }
  if (end === undefined) return problem('to', 'write a day and a time, such as mon 08:00');
  const length = (end.inWeek - start.inWeek + weekMinutes) % weekMinutes;
  if (length === 0) return problem('to', 'ends when it begins, so it would never end');
  if (timeZone === undefined) return missingZone();
  const toMinute = start.minute + length;
  return { times: { kind: 'weekly', days: [start.day], fromMinute: start.minute, toMinute, timeZone } };
}

function readDated({ from, to, timeZone = 'UTC' }: FreezeWindow): Reading {
  const start = instantOf(from);
  const end = instantOf(to);
  if (start === undefined) {
    const times = minuteOf(from) === undefined ? '' : ' (or add the days for a time of day)';
    return problem('from', `write a date with its offset, such as 2026-12-20T16:00+01:00${times}`);
  }
  if (end === undefined) return problem('to', 'write a date with its offset, such as 2027-01-05T08:00+01:00');
  if (end <= start) return problem('to', end === start ? 'ends when it begins' : 'ends before it begins');
  if (end - start > maxDatedMs) return problem('to', 'at most a year after it begins');
  return { times: { kind: 'dated', start, end, timeZone } };
}

function problem(field: Problem['field'], message: string): Reading {
  return { problem: { field, message } };
}

function missingZone(): Reading {
  return problem('timeZone', 'say in which time zone, such as Europe/Berlin');
}

/** Minutes since midnight of `16:00`; `24:00` is the end of the day. */
export function minuteOf(text: string): number | undefined {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  const minute = Number(match?.[1]) * 60 + Number(match?.[2]);
  return minute <= dayMinutes ? minute : undefined;
}

/** A day and a time, `fri 16:00`. */
export function weekTime(text: string) {
  const [, name, time = ''] = /^([a-z]{3}) (\d\d:\d\d)$/.exec(text) ?? [];
  const day = weekdays.map(String).indexOf(name ?? '');
  const minute = minuteOf(time);
  if (day === -1 || minute === undefined) return undefined;
  return { day, minute, inWeek: day * dayMinutes + minute };
}

/** Without an offset it would mean another instant on every machine. */
function instantOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}
