import { listOf } from '../format.ts';
import type { Freeze } from './freeze.ts';
import { type FreezeWindow, timesOf, weekdays, weekTime } from './freeze-window.ts';

const weekMs = 7 * 86_400_000;
const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** Where a freeze ends: `Mon 08:00 Europe/Berlin`, with the date when that is days away; both times in milliseconds. */
export function describeEnd({ until, timeZone }: Freeze, now: number): string {
  return `${momentText(until, timeZone, now)} ${timeZone}`;
}

/** `Frozen until Mon 08:00 Europe/Berlin: weekend`. */
export function describeFreeze(freeze: Freeze, now: number): string {
  return `Frozen until ${describeEnd(freeze, now)}${reasonText(freeze)}`;
}

/** `from Fri 16:00 to Mon 08:00 Europe/Berlin: weekend`. */
export function describeSpan(freeze: Freeze, now: number): string {
  const from = momentText(freeze.from, freeze.timeZone, now);
  const to = momentText(freeze.until, freeze.timeZone, now);
  return `from ${from} to ${to} ${freeze.timeZone}${reasonText(freeze)}`;
}

/** A weekday alone would be ambiguous from a week away. */
function momentText(at: number, timeZone: string, now: number): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    day: 'numeric',
    month: 'short',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const date = Math.abs(at - now) < weekMs - 86_400_000 ? '' : ` ${parts.get('day')} ${parts.get('month')}`;
  return `${parts.get('weekday')}${date} ${parts.get('hour')}:${parts.get('minute')}`;
}

function reasonText({ reasons }: Freeze): string {
  return reasons.length === 0 ? '' : `: ${listOf(reasons)}`;
}

/** A valid window in words: `Mon to Fri, 20:00 to 08:00 Europe/Berlin: nights`. */
export function describeWindow(window: FreezeWindow): string {
  const why = window.reason === '' ? '' : `: ${window.reason}`;
  const times = timesOf(window);
  if (times.kind === 'dated') {
    const { start, end, timeZone } = times;
    return `${dateText(start, timeZone)} to ${dateText(end, timeZone)} ${timeZone}${why}`;
  }
  if (window.days === undefined) {
    return `${capitalised(window.from)} to ${capitalised(window.to)} ${times.timeZone}${why}`;
  }
  const whole = window.from === '00:00' && window.to === '24:00';
  const hours = whole ? 'all day' : `${window.from} to ${window.to}`;
  return `${daysText(times.days)}, ${hours} ${times.timeZone}${why}`;
}

function capitalised(weekText: string): string {
  const day = weekTime(weekText)?.day ?? 0;
  return `${dayNames[day]}${weekText.slice(weekdays[day]?.length)}`;
}

/** Three days or more that follow each other are a span. */
function daysText(days: readonly number[]): string {
  if (days.length === 7) return 'Every day';
  const names = days.map((day) => dayNames[day] ?? '');
  const [first, last] = [days[0] ?? 0, days.at(-1) ?? 0];
  if (days.length > 2 && last - first === days.length - 1) return `${names[0]} to ${names.at(-1)}`;
  return listOf(names, 7);
}

function dateText(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  });
  return format.format(at).replace(',', '');
}
