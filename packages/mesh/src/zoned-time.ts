/**
 * Times on the wall of a time zone and the instants they stand for, with the zones that the runtime knows. All instants
 * are milliseconds since the epoch. A wall time is written as if its zone were UTC, so that it can be computed with.
 */
const dayMs = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** Whether it is a name of the IANA time zone database, such as `Europe/Berlin`, or an offset such as `+02:00`. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show at an instant. */
export function wallTime(instant: number, timeZone: string): number {
  return instant + offsetAt(instant, timeZone);
}

function shownAt(instant: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(instant);
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((each) => each.type === type)?.value ?? 0);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** Clocks change at quarters of an hour only, and to ask the runtime what they show is slow. */
const quarterMs = 900_000;
const maxRemembered = 10_000;
const remembered = new Map<string, number>();

/** How far the clocks of a zone are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const quarter = Math.floor(instant / quarterMs);
  const key = `${quarter} ${timeZone}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const offset = shownAt(quarter * quarterMs, timeZone) - quarter * quarterMs;
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(key, offset);
  return offset;
}

/**
 * The first instant at which the clocks show a wall time or later. One that is skipped when clocks go forward is
 * reached at that moment; of one that comes twice, it is the first.
 */
export function firstInstantAt(wall: number, timeZone: string): number {
  const { before, change, after } = changeAround(wall, timeZone);
  return wall - before < change ? wall - before : Math.max(change, wall - after);
}

/** The instant from which on the clocks never show less than a wall time again: of one that comes twice, the last. */
export function lastInstantBefore(wall: number, timeZone: string): number {
  const { before, change, after } = changeAround(wall, timeZone);
  return wall - after > change ? wall - after : Math.min(change, wall - before);
}

/** The offsets before and after the change of clocks near a wall time; there are never two within three days. */
function changeAround(wall: number, timeZone: string): { before: number; change: number; after: number } {
  let low = wall - 1.5 * dayMs;
  let high = wall + 1.5 * dayMs;
  const before = offsetAt(low, timeZone);
  const after = offsetAt(high, timeZone);
  if (before === after) return { before, change: Number.NEGATIVE_INFINITY, after };
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, timeZone) === before) low = middle;
    else high = middle;
  }
  return { before, change: high, after };
}
