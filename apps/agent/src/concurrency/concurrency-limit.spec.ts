import { describe, expect, it } from 'vitest';
import { ConcurrencyLimit, REFUSED } from './concurrency-limit.ts';
import { exempt, type Priority, priorityOf } from './priority.ts';
import { type Second, simulate } from './simulated-service.spec-support.ts';

type Random = () => number;
const exponential = (meanMs: number) => (random: Random) => -Math.log(1 - random()) * meanMs;
/** The mean is e^(sigma²/2) of the median. */
const logNormal = (medianMs: number, sigma: number) => (random: Random) => {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return medianMs * Math.exp(sigma * normal);
};

function mean(seconds: readonly Second[], value: (second: Second) => number): number {
  return seconds.reduce((sum, second) => sum + value(second), 0) / seconds.length;
}

function percentile(seconds: readonly Second[], share: number): number {
  const all = seconds.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
  return all[Math.floor(all.length * share)] ?? Number.NaN;
}

const answered = ({ answered: count }: Second) => count;
const refused = ({ refused: count }: Second) => count;

describe('an overload of three times the capacity', () => {
  // 20 workers that take 10 ms: 2,000 a second.
  const { seconds } = simulate({
    workers: 20,
    serviceMs: exponential(10),
    rate: (now) => (now < 10_000 || now >= 50_000 ? 1_000 : 6_000),
    seconds: 60,
  });
  const before = seconds.slice(1, 10);
  const during = seconds.slice(11, 50);

  it('keeps goodput near the capacity', () => {
    expect(mean(during, answered)).toBeGreaterThan(0.95 * 2_000);
    for (const second of during) expect(second.answered).toBeGreaterThan(0.8 * 2_000);
  });

  it('keeps latency near what it was, however long it lasts', () => {
    expect(percentile(before, 0.99)).toBeLessThan(55);
    expect(percentile(during, 0.5)).toBeLessThan(30);
    expect(percentile(seconds.slice(40, 50), 0.99)).toBeLessThan(80);
  });

  it('is over two seconds after it ends, and refused nobody before', () => {
    expect(mean(before, refused)).toBe(0);
    expect(mean(seconds.slice(52), refused)).toBe(0);
  });
});

it('an overload from the first second on does not pass for normal', () => {
  const { seconds } = simulate({ workers: 20, serviceMs: () => 10, rate: () => 6_000, seconds: 25 });
  expect(mean(seconds.slice(1), answered)).toBeGreaterThan(0.97 * 2_000);
  expect(percentile(seconds.slice(2, 6), 0.99)).toBeLessThan(40);
  expect(percentile(seconds.slice(15), 0.99)).toBeLessThan(30);
});

it('a slow service under overload keeps its goodput', () => {
  const { seconds } = simulate({ workers: 50, serviceMs: exponential(500), rate: () => 300, seconds: 80 });
  expect(mean(seconds.slice(10), answered)).toBeGreaterThan(0.94 * 100);
  expect(percentile(seconds.slice(10), 0.5)).toBeLessThan(1_000);
});

it('latencies that only vary cost nobody an answer, once the limit has found its place', () => {
  const { seconds } = simulate({
    workers: 1e9,
    serviceMs: logNormal(10, 1.5),
    rate: () => 5_000,
    seconds: 40,
  });
  expect(mean(seconds.slice(3), refused)).toBe(0);
  expect(seconds.at(-1)?.limit).toBeGreaterThan(200);
});

it('a service that becomes slower for another reason than load is served in full again, and again', () => {
  const { seconds } = simulate({
    workers: 1e9,
    serviceMs: (random, now) => (now < 10_000 ? 10 : now < 13_000 ? 50 : 250) * (0.5 + random()),
    rate: () => 2_000,
    seconds: 30,
  });
  expect(mean(seconds.slice(11, 13), refused)).toBe(0);
  expect(mean(seconds.slice(22), refused)).toBe(0);
});

it('a service that becomes quicker is measured by what it has become', () => {
  const { seconds } = simulate({
    workers: 1e9,
    serviceMs: (random, now) => (now < 10_000 ? 100 : 10) * (0.5 + random()),
    rate: () => 300,
    seconds: 40,
  });
  expect(seconds[9]?.baselineMs).toBeGreaterThan(80);
  expect(seconds.at(-1)?.baselineMs).toBeLessThan(15);
});

it('what matters least is refused first', () => {
  const refusedOf = (rate: number) => {
    const { limit } = simulate({
      workers: 20,
      serviceMs: exponential(10),
      rate: () => rate,
      priority: (random) => Math.floor(random() * 4) as Priority,
      seconds: 20,
    });
    return limit.refused.map((count) => count / ((rate * 20) / 4));
  };
  const [critical = 1, normal = 1, low = 1, least = 0] = refusedOf(3_000);
  expect(critical).toBeLessThan(0.05);
  expect(normal).toBeLessThan(low);
  expect(low).toBeLessThan(least);
  expect(least).toBeGreaterThan(0.5);
});

describe('the limit', () => {
  it('refuses by priority as it comes near, and health checks never', () => {
    const limit = new ConcurrencyLimit({ min: 8, max: 8 }, 0);
    const fill = (priority: Priority) => {
      let count = 0;
      while (limit.admit(priority) !== REFUSED) count++;
      return count;
    };
    expect([fill(3), fill(2), fill(1), fill(0)]).toEqual([4, 2, 2, 0]);
    for (let count = 0; count < 100; count++) expect(limit.admit(exempt)).not.toBe(REFUSED);
    expect(limit.inFlight).toBe(108);
    expect(limit.refused).toEqual([1, 1, 1, 1]);
  });

  it('lets one of each in, however small it is', () => {
    for (const priority of [0, 1, 2, 3] as const) {
      expect(new ConcurrencyLimit({ min: 1, max: 1 }, 0).admit(priority)).not.toBe(REFUSED);
    }
  });

  it('stays between its bounds, also when they change', () => {
    const limit = new ConcurrencyLimit({ min: 8, max: 1_000 }, 0);
    expect(limit.limit).toBe(64);
    limit.configure({ min: 100, max: 200 });
    expect(limit.limit).toBe(100);
    limit.configure({ min: 1, max: 10 });
    expect(limit.limit).toBe(10);
  });

  it('is held to as soon as it changes', () => {
    const limit = new ConcurrencyLimit({ min: 8, max: 8 }, 0);
    limit.configure({ min: 2, max: 2 });
    expect([limit.admit(0), limit.admit(0), limit.admit(0)].map((ticket) => ticket === REFUSED)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('learns nothing from what says nothing about latency', () => {
    const limit = new ConcurrencyLimit({ min: 8, max: 1_000 }, 0);
    for (let now = 1; now <= 500; now++) limit.release(limit.admit(0), 10, true, now);
    for (let now = 501; now <= 1_000; now++) limit.leave(limit.admit(0), now);
    expect(limit.baselineMs).toBe(10);
    expect(limit.inFlight).toBe(0);
  });

  it('does not take failures for a sign that the service is quick', () => {
    const limit = new ConcurrencyLimit({ min: 8, max: 1_000 }, 0);
    let now = 0;
    const serve = (latencyMs: number, ok: boolean) => {
      for (let count = 0; count < 500; count++) {
        const ticket = limit.admit(0);
        limit.release(ticket, latencyMs, ok, ++now);
      }
    };
    serve(10, true);
    serve(0.1, false);
    expect(limit.baselineMs).toBe(10);
    expect(limit.inFlight).toBe(0);
  });
});

describe('the priority field', () => {
  it.each<[string | undefined, Priority]>([
    [undefined, 1],
    ['', 1],
    ['u=0', 0],
    ['u=1, i', 0],
    ['i, u=2', 1],
    ['u=3', 1],
    ['u=4;x=1', 2],
    ['u=5', 2],
    ['u=6,u=7', 3],
    ['u=8', 1],
    ['u=-1', 1],
    ['u=10', 1],
    ['u', 1],
    ['U=0', 1],
    ['urgent=0', 1],
    ['u="0"', 1],
  ])('%s is %i', (field, priority) => {
    expect(priorityOf(field)).toBe(priority);
  });
});
