/**
 * Numbers and times as people read them, the same in the dashboard and the command line: three significant digits,
 * thousands with a comma, units after a thin space (U+2009). Pure, and without locale, so that tests and servers agree.
 */
const thin = '\u2009';
const minus = '\u2212';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const yearMs = 365.25 * dayMs;

/** A value and its unit: `41 ms`. */
export function withUnit(value: string | number, unit: string): string {
  return `${value}${thin}${unit}`;
}

/** `1,204`: whole, with thousands set apart. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(Math.round(value)).toLocaleString('en-US', { maximumFractionDigits: 0 });
  return value < 0 && digits !== '0' ? `${minus}${digits}` : digits;
}

/** Three significant digits without trailing zeros: `0.042`, `6.4`, `398`, `1,240`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 999.5) return formatCount(Number(value.toPrecision(3)));
  const rounded = Number(value.toPrecision(3));
  const text = String(Math.abs(Math.abs(rounded) < 1e-6 ? 0 : rounded));
  return rounded < 0 && text !== '0' ? `${minus}${text}` : text;
}

/** Requests per second: `1.2 k/s`, `31 /s`. */
export function formatRate(perSecond: number): string {
  const [number, prefix] = scaled(perSecond);
  return withUnit(formatNumber(number), `${prefix}/s`);
}

function scaled(value: number): [number, string] {
  const size = Math.abs(value);
  if (size >= 999.5e6) return [value / 1e9, 'G'];
  if (size >= 999.5e3) return [value / 1e6, 'M'];
  if (size >= 999.5) return [value / 1e3, 'k'];
  return [value, ''];
}

/** Percent of 0 to 100 with its sign: `6.4 %`. */
export function formatPercent(percent: number): string {
  return withUnit(percentDigits(percent), '%');
}

/** `99.97` stays apart from `100`, and `0.004` from `0`: rounding never says all or nothing when it is not. */
function percentDigits(percent: number): string {
  if (percent > 99.9 && percent < 100) return String(Math.min(99.99, Number(percent.toFixed(2))));
  if (percent > 0 && percent < 0.01) return '<0.01';
  return formatNumber(percent);
}

/** Latency: `0.42 ms`, `41 ms`, `1.2 s`, `2 min`. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 0.001 && ms > 0) return withUnit('<1', 'µs');
  if (ms < 0.0995 && ms > 0) return withUnit(formatNumber(ms * 1_000), 'µs');
  if (ms < 999.5) return withUnit(formatNumber(ms), 'ms');
  if (ms < minuteMs) return withUnit(formatNumber(ms / secondMs), 's');
  return formatDuration(ms);
}

/** A length of time in at most two units: `45 s`, `1 min 30 s`, `2 h`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / secondMs);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return withUnit(0, 's');
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => withUnit(count, unit))
    .join(' ');
}

/** Relative to now, in one unit: `12 s ago`, `2 h ago`, `in 22 h`; both in milliseconds since the epoch. */
export function formatRelative(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < secondMs) return 'now';
  const text = coarse(distance);
  return at > now ? `in ${text}` : `${text} ago`;
}

/** The age of something, in one unit: `22 h`. */
export function formatAge(ms: number): string {
  return coarse(Math.max(0, ms));
}

function coarse(ms: number): string {
  if (ms < minuteMs) return withUnit(Math.floor(ms / secondMs), 's');
  if (ms < hourMs) return withUnit(Math.floor(ms / minuteMs), 'min');
  if (ms < 2 * dayMs) return withUnit(Math.floor(ms / hourMs), 'h');
  if (ms < 2 * yearMs) return withUnit(Math.floor(ms / dayMs), 'd');
  return withUnit(Math.floor(ms / yearMs), 'y');
}

/** Binary sizes as operating systems give them: `47 MB` is 47 × 2^20 bytes. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1_024;
    unit++;
  }
  return withUnit(formatNumber(value), units[unit] ?? 'B');
}

/** Shortened in the middle, so that both ends can be compared: `7f3a…9c01`. */
export function shortenId(id: string, keep = 4): string {
  return id.length <= 2 * keep + 1 ? id : `${id.slice(0, keep)}…${id.slice(-keep)}`;
}

/** `1 agent`, `7 agents`. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** `frontend`, `frontend and cart`, `frontend, cart and 3 more`. */
export function listOf(names: readonly string[], most = 3): string {
  if (names.length > most) {
    return `${names.slice(0, most - 1).join(', ')} and ${names.length - most + 1} more`;
  }
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
