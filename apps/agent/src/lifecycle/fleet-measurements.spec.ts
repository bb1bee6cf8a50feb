import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Measurements } from '../record/measurements.ts';
import { noMeasurements } from '../record/sum-measurements.ts';
import { FleetMeasurements } from './fleet-measurements.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const checks = (ok: number): Measurements => ({ ...noMeasurements, healthChecks: { ok, failed: 0 } });
const okOf = (fleet: FleetMeasurements<string>) => fleet.sum().healthChecks.ok;

test('all are asked, and the answer is there as soon as the last of them has spoken or ended', async () => {
  const fleet = new FleetMeasurements<string>();
  const asked: string[] = [];
  const refreshed = fleet.refresh(['a', 'b', 'c'], (peer) => asked.push(peer), 5_000);
  expect(asked).toEqual(['a', 'b', 'c']);
  fleet.hear('a', checks(1));
  fleet.hear('b', checks(2));
  fleet.forget('c');
  await refreshed;
  expect(okOf(fleet)).toBe(3);
  expect(vi.getTimerCount()).toBe(0);
});

test('whoever does not answer in time counts with what it said before, and is not asked again before it answers', async () => {
  const fleet = new FleetMeasurements<string>();
  fleet.hear('slow', checks(7));
  const asked: string[] = [];
  const ask = (peer: string) => void asked.push(peer);
  for (let count = 0; count < 3; count++) {
    const refreshed = fleet.refresh(['slow'], ask, 5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    await refreshed;
  }
  expect(asked).toEqual(['slow']);
  expect(okOf(fleet)).toBe(7);
  fleet.hear('slow', checks(9));
  void fleet.refresh(['slow'], ask, 5_000);
  expect(asked).toEqual(['slow', 'slow']);
  expect(okOf(fleet)).toBe(9);
});

test('what one counted that has ended stays, once', async () => {
  const fleet = new FleetMeasurements<string>();
  fleet.hear('a', checks(4));
  fleet.forget('a');
  fleet.forget('a');
  fleet.hear('b', checks(1));
  expect(okOf(fleet)).toBe(5);
  await fleet.refresh([], () => expect.unreachable(), 5_000);
});
