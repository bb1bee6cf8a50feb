import { expect, it } from 'vitest';
import { CollectionSchedule } from './collection-schedule.ts';

const megabyte = 1 << 20;

it('collects at once, then when much was left behind or some time has passed', () => {
  const schedule = new CollectionSchedule();
  expect(schedule.isDue(0, 0)).toBe(true);
  schedule.collected(20 * megabyte, 0, 10);
  expect(schedule.isDue(27 * megabyte, 1_000)).toBe(false);
  expect(schedule.isDue(28 * megabyte, 1_000)).toBe(true);
  expect(schedule.isDue(20 * megabyte, 2_010)).toBe(true);
});

it('spends at most a fifth of the time on it', () => {
  const schedule = new CollectionSchedule();
  let now = 0;
  let spentMs = 0;
  while (now < 1_900) {
    if (schedule.isDue(100 * megabyte, now)) {
      schedule.collected(0, now, now + 15);
      spentMs += 15;
      now += 15;
    } else now++;
  }
  expect(spentMs / now).toBeGreaterThan(0.15);
  expect(spentMs / now).toBeLessThan(0.21);
});
