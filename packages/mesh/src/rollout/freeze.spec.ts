import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeEnd, describeFreeze, describeSpan } from './describe-freeze.ts';
import { freezeAt, isFrozen, nextFreeze } from './freeze.ts';
import { type FreezeWindow, freezeWindowSchema, timesOf, weekdays } from './freeze-window.ts';

const timeZone = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);
const windows = (...each: object[]) => each.map((window) => freezeWindowSchema.parse(window));
const weekend = { from: 'fri 16:00', to: 'mon 08:00', timeZone, reason: 'weekend' };

test('a weekend is frozen from Friday to Monday', () => {
  const frozen = windows(weekend);
  expect(isFrozen(frozen, at('2026-11-20T15:59:59.999+01:00'))).toBe(false);
  expect(isFrozen(frozen, at('2026-11-20T16:00+01:00'))).toBe(true);
  expect(isFrozen(frozen, at('2026-11-23T07:59:59.999+01:00'))).toBe(true);
  expect(isFrozen(frozen, at('2026-11-23T08:00+01:00'))).toBe(false);
  const saturday = at('2026-11-21T12:00+01:00');
  const freeze = freezeAt(frozen, saturday);
  expect(freeze).toMatchObject({ from: at('2026-11-20T16:00+01:00'), until: at('2026-11-23T08:00+01:00') });
  expect(freeze && describeFreeze(freeze, saturday)).toBe('Frozen until Mon 08:00 Europe/Berlin: weekend');
});

test('days with hours across midnight end on the next morning', () => {
  const frozen = windows({ days: ['fri', 'sat', 'sun'], from: '16:00', to: '08:00', timeZone });
  expect(isFrozen(frozen, at('2026-11-20T23:00+01:00'))).toBe(true);
  expect(isFrozen(frozen, at('2026-11-21T07:59+01:00'))).toBe(true);
  expect(isFrozen(frozen, at('2026-11-21T12:00+01:00'))).toBe(false);
  expect(freezeAt(frozen, at('2026-11-22T20:00+01:00'))?.until).toBe(at('2026-11-23T08:00+01:00'));
  expect(isFrozen(frozen, at('2026-11-23T16:30+01:00'))).toBe(false);
});

test('windows that meet are one freeze, with the reasons of all', () => {
  const now = at('2026-12-18T17:00+01:00');
  const holidays = { from: '2026-12-21T08:00+01:00', to: '2027-01-05T06:00Z', reason: 'holidays' };
  const freeze = freezeAt(windows(weekend, holidays), now);
  expect(freeze && describeFreeze(freeze, now)).toBe(
    'Frozen until Tue 5 Jan 06:00 UTC: weekend and holidays',
  );
  expect(freeze && describeEnd(freeze, at('2027-01-04T17:00Z'))).toBe('Tue 06:00 UTC');
});

test('says which freeze is next', () => {
  const now = at('2026-11-18T12:00+01:00');
  const next = nextFreeze(windows(weekend), now);
  expect(next && describeSpan(next, now)).toBe('from Fri 16:00 to Mon 08:00 Europe/Berlin: weekend');
  const past = windows({ from: '2026-11-01T00:00Z', to: '2026-11-02T00:00Z' });
  expect(nextFreeze(past, now)).toBeUndefined();
  expect(nextFreeze([], now)).toBeUndefined();
});

// Seven weeks around each change of clocks, walked minute by minute with what the clocks show.
const minuteMs = 60_000;
const length = 49 * 1_440;
const seasons = ['2026-03-07T00:00Z', '2026-09-24T00:00Z'].map(at);
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
const walks = new Map<string, string[]>();

/** `2026-03-29 01:59` for every minute. */
function walk(zone: string, season: number): string[] {
  const key = `${zone} ${season}`;
  const known = walks.get(key);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  // Clocks never change between the quarters of an hour, so only these are asked for.
  const shown = Array.from({ length: length / 15 }, (_, quarter) =>
    clock.format(season + quarter * 15 * minuteMs),
  ).flatMap((wall) => {
    const minute = Number(wall.slice(-2));
    return Array.from(
      { length: 15 },
      (_, more) => `${wall.slice(0, -2)}${String(minute + more).padStart(2, '0')}`,
    );
  });
  walks.set(key, shown);
  return shown;
}

/** `minute` may be on a later day than the midnight it is counted from. */
function shownAt(midnight: number, minute: number): string {
  return new Date(midnight + minute * minuteMs).toISOString().slice(0, 16).replace('T', ' ');
}

/** Which minutes of a season are frozen, found without any computing with offsets. */
function frozenMinutes(each: readonly FreezeWindow[], season: number): boolean[] {
  const frozen = new Array<boolean>(length).fill(false);
  for (const window of each) {
    const times = timesOf(window);
    if (times.kind === 'dated') {
      frozen.fill(true, ...[times.start, times.end].map((edge) => clampedMinute(edge, season)));
      continue;
    }
    const shown = walk(times.timeZone, season);
    for (
      let midnight = season - 9 * 86_400_000;
      midnight < season + length * minuteMs;
      midnight += 86_400_000
    ) {
      if (!times.days.includes((new Date(midnight).getUTCDay() + 6) % 7)) continue;
      const [from, to] = [shownAt(midnight, times.fromMinute), shownAt(midnight, times.toMinute)];
      // No zone is a day off: what is shown outside of these minutes is surely before or after.
      const near = clampedMinute(midnight - 86_400_000, season);
      const far = clampedMinute(midnight + times.toMinute * minuteMs + 86_400_000, season);
      const minutes = shown.slice(near, far);
      const start = near + minutes.findIndex((wall) => wall >= from);
      const end = near + minutes.findLastIndex((wall) => wall < to) + 1;
      if (start >= near && start < end) frozen.fill(true, start, end);
    }
  }
  return frozen;
}

function clampedMinute(instant: number, season: number): number {
  return Math.max(0, Math.min(length, Math.ceil((instant - season) / minuteMs)));
}

const timeArbitrary = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
// Clocks change in the small hours, so many windows begin and end there.
const smallHours = fc.constantFrom('01:30', '02:00', '02:15', '02:30', '03:00', '24:00');
const edgeArbitrary = fc.oneof(timeArbitrary, smallHours);
const zoneArbitrary = fc.constantFrom(...zones);
const windowArbitrary = (season: number) =>
  fc
    .oneof(
      fc.record({
        days: fc.subarray([...weekdays], { minLength: 1 }),
        from: edgeArbitrary,
        to: edgeArbitrary,
        timeZone: zoneArbitrary,
      }),
      fc.record({
        from: fc.tuple(fc.constantFrom(...weekdays), edgeArbitrary).map((parts) => parts.join(' ')),
        to: fc.tuple(fc.constantFrom(...weekdays), edgeArbitrary).map((parts) => parts.join(' ')),
        timeZone: zoneArbitrary,
      }),
      fc.tuple(fc.nat(length), fc.nat(3_000)).map(([from, minutes]) => ({
        from: new Date(season + from * minuteMs).toISOString(),
        to: new Date(season + (from + minutes) * minuteMs).toISOString(),
      })),
    )
    .map((window) => freezeWindowSchema.safeParse(window).data)
    .filter((window) => window !== undefined);
const caseArbitrary = fc.constantFrom(...seasons).chain((season) =>
  fc.record({
    season: fc.constant(season),
    windows: fc.array(windowArbitrary(season), { minLength: 1, maxLength: 3 }),
    // Two weeks in the middle: what began or ends outside of the walk does not matter there.
    minutes: fc.array(fc.integer({ min: 10 * 1_440, max: 39 * 1_440 }), { minLength: 20, maxLength: 20 }),
    withinMs: fc.nat(minuteMs - 1),
  }),
);

test('agrees with a walk minute by minute, over every change of clocks', () => {
  fc.assert(
    fc.property(caseArbitrary, ({ season, windows: each, minutes, withinMs }) => {
      const frozen = frozenMinutes(each, season);
      for (const minute of minutes) {
        const now = season + minute * minuteMs + withinMs;
        expect(isFrozen(each, now)).toBe(frozen[minute]);
        const freeze = freezeAt(each, now);
        expect(freeze !== undefined).toBe(frozen[minute]);
        if (freeze === undefined) {
          const next = frozen.indexOf(true, minute);
          const until = nextFreeze(each, now)?.from;
          if (until !== undefined && until < season + length * minuteMs) {
            expect(until).toBe(season + next * minuteMs);
          }
          continue;
        }
        expect(freeze.until).toBeGreaterThan(now);
        const end = frozen.indexOf(false, minute);
        if (end !== -1) expect(freeze.until).toBe(season + end * minuteMs);
      }
    }),
    { numRuns: 60 },
  );
});
