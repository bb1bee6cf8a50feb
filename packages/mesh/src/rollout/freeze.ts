import { firstInstantAt, lastInstantBefore, wallTime } from '../zoned-time.ts';
import { type FreezeWindow, timesOf, type WindowTimes } from './freeze-window.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const weekMinutes = 7 * 1_440;
/** Every window that recurs begins once in this time, however clocks change. */
const aheadMs = 8 * dayMs;
/** Windows that follow each other for longer, most of a year, are looked at again then. */
const maxLooks = 40;

/** A time in which rollouts give no candidate more traffic. */
export interface Freeze {
  /** Milliseconds since the epoch. */
  readonly from: number;
  /** The end of the last of the windows that meet or overlap from `from` on. */
  readonly until: number;
  /** Of the window that ends last. */
  readonly timeZone: string;
  /** What the windows are for, each once; empty when nobody said. */
  readonly reasons: readonly string[];
}

interface Opening {
  readonly start: number;
  readonly end: number;
  readonly window: FreezeWindow;
  readonly timeZone: string;
}

/** Whether a window is open. */
export function isFrozen(windows: readonly FreezeWindow[], now: number): boolean {
  return windows.some((window) => openings(window, now, now).length > 0);
}

/** The freeze that is on now, with its end; undefined when no window is open. */
export function freezeAt(windows: readonly FreezeWindow[], now: number): Freeze | undefined {
  const chain = openingsFrom(windows, now);
  const [first] = chain;
  if (first === undefined) return undefined;
  const last = chain.reduce((latest, opening) => (opening.end > latest.end ? opening : latest));
  const reasons = new Set(chain.map(({ window }) => window.reason).filter((reason) => reason !== ''));
  return { from: first.start, until: last.end, timeZone: last.timeZone, reasons: [...reasons] };
}

/** The freeze that begins next, when none is on now; undefined when none will. */
export function nextFreeze(windows: readonly FreezeWindow[], now: number): Freeze | undefined {
  const starts = windows.flatMap((window) => {
    const times = timesOf(window);
    const to = times.kind === 'dated' ? times.start : now + aheadMs;
    return openings(window, now, to).map(({ start }) => start);
  });
  const toCome = starts.filter((start) => start > now);
  return toCome.length === 0 ? undefined : freezeAt(windows, Math.min(...toCome));
}

/** Whether rollouts would never go on: with clocks as in winter or in summer, no moment of a week stays open. */
export function neverEnds(windows: readonly FreezeWindow[]): boolean {
  const recurring = windows.filter((window) => timesOf(window).kind === 'weekly');
  const minutes = recurring.map(timesOf).map(minutesInWeek);
  if (minutes.reduce((sum, each) => sum + each, 0) < weekMinutes) return false;
  return [Date.UTC(2026, 0, 12), Date.UTC(2026, 6, 13)].some((monday) => {
    const freeze = freezeAt(recurring, monday);
    return freeze !== undefined && freeze.until - monday > 14 * dayMs;
  });
}

function minutesInWeek(times: WindowTimes): number {
  return times.kind === 'weekly' ? times.days.length * (times.toMinute - times.fromMinute) : 0;
}

/** Those open now and all that follow without a gap, the first to begin first. */
function openingsFrom(windows: readonly FreezeWindow[], now: number): Opening[] {
  const chain: Opening[] = [];
  let until = now;
  for (let look = 0; look < maxLooks; look++) {
    const lookedTo = until + aheadMs;
    const near = windows
      .flatMap((window) => openings(window, until, lookedTo))
      .sort((a, b) => a.start - b.start || a.end - b.end);
    for (const opening of near) {
      if (opening.start > until || opening.end <= until) continue;
      chain.push(opening);
      until = opening.end;
    }
    if (until < lookedTo) break;
  }
  return chain;
}

/** The openings of a window that are open at some instant of a span. */
function openings(window: FreezeWindow, from: number, to: number): Opening[] {
  const times = timesOf(window);
  const { timeZone } = times;
  const each =
    times.kind === 'dated'
      ? [{ start: times.start, end: times.end }]
      : beginnings(times, from, to).map((midnight) => ({
          start: firstInstantAt(midnight + times.fromMinute * minuteMs, timeZone),
          end: lastInstantBefore(midnight + times.toMinute * minuteMs, timeZone),
        }));
  // One may be empty: all of it falls into the hour that is skipped when clocks go forward.
  return each
    .filter(({ start, end }) => start < end && start <= to && end > from)
    .map(({ start, end }) => ({ start, end, window, timeZone }));
}

/** Midnights, as wall times, of the days of a span on which a window begins, and of those before it may last from. */
function beginnings(times: Extract<WindowTimes, { kind: 'weekly' }>, from: number, to: number): number[] {
  const first = Math.floor((wallTime(from, times.timeZone) - times.toMinute * minuteMs) / dayMs) - 1;
  const last = Math.floor(wallTime(to, times.timeZone) / dayMs) + 1;
  return Array.from({ length: last - first + 1 }, (_, place) => first + place)
    .filter((day) => times.days.includes(weekdayOf(day)))
    .map((day) => day * dayMs);
}

/** 0 is Monday; the epoch began on a Thursday. */
function weekdayOf(daysSinceEpoch: number): number {
  return (((daysSinceEpoch + 3) % 7) + 7) % 7;
}
