import { type FreezeWindow, type Weekday, weekdays } from '@tulle/mesh/rollout/freeze-window';
import { firstInstantAt, isTimeZone } from '@tulle/mesh/zoned-time';

/** How a window is written in the form: hours on chosen days, one span a week, or once between two dates. */
export type FreezeKind = 'days' | 'span' | 'dates';

/** A window as the form holds it, with a key of its own; what its kind does not ask for waits for a change of mind. */
export interface DraftWindow {
  readonly key: string;
  readonly kind: FreezeKind;
  readonly days: readonly Weekday[];
  readonly fromDay: Weekday;
  readonly toDay: Weekday;
  /** `16:00`. */
  readonly fromTime: string;
  readonly toTime: string;
  /** `2026-12-20T16:00`, by the clocks of `timeZone`. */
  readonly fromDate: string;
  readonly toDate: string;
  readonly timeZone: string;
  readonly reason: string;
}

export const freezePresetNames = ['weekends', 'nights', 'days', 'dates'] as const;
export type FreezePresetName = (typeof freezePresetNames)[number];

export const freezePresetLabels: Readonly<Record<FreezePresetName, string>> = {
  weekends: 'Weekends',
  nights: 'Nights',
  days: 'Hours of chosen days',
  dates: 'Between two dates',
};

export const freezeKindLabels: Readonly<Record<FreezeKind, string>> = {
  days: 'Hours of chosen days',
  span: 'Once a week',
  dates: 'Between two dates',
};

let lastKey = 0;

/** A window to start from. */
export function newWindow(preset: FreezePresetName, timeZone: string, now: number): DraftWindow {
  lastKey += 1;
  const start = nextDay(now);
  const blank: DraftWindow = {
    key: `freeze-${lastKey}`,
    kind: 'days',
    days: weekdays.slice(0, 5),
    fromDay: 'fri',
    toDay: 'mon',
    fromTime: '16:00',
    toTime: '08:00',
    fromDate: `${start}T00:00`,
    toDate: `${nextDay(now + 7 * 86_400_000)}T00:00`,
    timeZone,
    reason: '',
  };
  switch (preset) {
    case 'weekends':
      return { ...blank, kind: 'span', reason: 'weekend' };
    case 'nights':
      return { ...blank, days: [...weekdays], fromTime: '20:00', reason: 'night' };
    case 'days':
      return { ...blank, toTime: '00:00' };
    case 'dates':
      return { ...blank, kind: 'dates' };
  }
}

function nextDay(now: number): string {
  return new Date(now + 86_400_000).toISOString().slice(0, 10);
}

/** What is sent, right or wrong: the schema says what is wrong with it. */
export function freezeWindowOf(draft: DraftWindow): FreezeWindow {
  const { kind, timeZone, reason } = draft;
  switch (kind) {
    case 'days': {
      // Midnight as an end is that of the day, so that 00:00 to 00:00 is all of it.
      const to = draft.toTime === '00:00' ? '24:00' : draft.toTime;
      return { days: [...draft.days], from: draft.fromTime, to, timeZone, reason };
    }
    case 'span': {
      const from = `${draft.fromDay} ${draft.fromTime}`;
      return { from, to: `${draft.toDay} ${draft.toTime}`, timeZone, reason };
    }
    case 'dates': {
      const from = instantText(draft.fromDate, timeZone);
      return { from, to: instantText(draft.toDate, timeZone), timeZone, reason };
    }
  }
}

function instantText(date: string, timeZone: string): string {
  const wall = Date.parse(`${date}Z`);
  if (Number.isNaN(wall) || !isTimeZone(timeZone)) return date;
  return new Date(firstInstantAt(wall, timeZone)).toISOString();
}

/** All time zones the browser knows, its own and UTC among them. */
export function timeZoneNames(own: string): string[] {
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
}
