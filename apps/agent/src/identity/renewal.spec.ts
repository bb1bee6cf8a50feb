import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DataPlaneLogger } from '../data-plane.ts';
import { type Identity, renewalTime } from './identity.ts';
import { Renewal } from './renewal.ts';

const hour = 3_600_000;
const logger: DataPlaneLogger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

function identity(serial: string, issuedAt: number, lifeMs: number): Identity {
  return {
    certificateChainPem: '',
    trustBundlePem: '',
    trustDomain: 'spec.mesh',
    keyPem: '',
    serial,
    notBefore: issuedAt - 60_000,
    notAfter: issuedAt + lifeMs,
    issuedAt,
    revoked: false,
  };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 * hour });
});

afterEach(() => {
  vi.useRealTimers();
});

test('half of the life from when it came, whatever its notBefore, ten per cent earlier or later', () => {
  const minute = identity('a', 0, 60_000);
  expect(renewalTime(minute, 0)).toBe(27_000);
  expect(renewalTime(minute, 0.5)).toBe(30_000);
  expect(renewalTime(minute, 1)).toBe(33_000);
});

test('renewed at the time, and again for each certificate', async () => {
  let current = identity('1', Date.now(), 24 * hour);
  const renew = vi.fn(async () => {
    current = identity(String(renew.mock.calls.length + 1), Date.now(), 24 * hour);
  });
  const renewal = new Renewal({ current: () => current, renew, logger, random: () => 0.5 });
  renewal.start();
  await vi.advanceTimersByTimeAsync(12 * hour - 60_000);
  expect(renew).toHaveBeenCalledTimes(0);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(renew).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(12 * hour);
  expect(renew).toHaveBeenCalledTimes(2);
  renewal.stop();
});

test('a clock that jumps past the time is noticed within half a minute', async () => {
  const current = identity('1', Date.now(), 24 * hour);
  const renew = vi.fn(async () => undefined);
  const renewal = new Renewal({ current: () => current, renew, logger, random: () => 0.5 });
  renewal.start();
  await vi.advanceTimersByTimeAsync(1_000);
  vi.setSystemTime(Date.now() + 20 * hour);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(renew).toHaveBeenCalled();
  renewal.stop();
});

test('a clock set back does not let the certificate grow old', async () => {
  let current = identity('1', Date.now(), 2 * hour);
  const renew = vi.fn(async () => {
    current = identity('2', Date.now(), 2 * hour);
  });
  const renewal = new Renewal({ current: () => current, renew, logger, random: () => 0.5 });
  renewal.start();
  vi.setSystemTime(Date.now() - 10 * hour);
  await vi.advanceTimersByTimeAsync(hour - 60_000);
  expect(renew).toHaveBeenCalledTimes(0);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(current.serial).toBe('2');
  renewal.stop();
});

test('a clock set back after a failure does not put off the next attempt', async () => {
  let current = identity('1', Date.now() - hour, hour + 60_000);
  let failures = 1;
  const renew = vi.fn(async () => {
    if (failures-- > 0) throw new Error('the API is away');
    current = identity('2', Date.now(), 24 * hour);
  });
  const renewal = new Renewal({ current: () => current, renew, logger, random: () => 0.5 });
  renewal.start();
  await vi.advanceTimersByTimeAsync(1);
  expect(renew).toHaveBeenCalledTimes(1);
  vi.setSystemTime(Date.now() - 10 * hour);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(current.serial).toBe('2');
  renewal.stop();
});

test('failures are loud and tried again until one succeeds', async () => {
  let current = identity('1', Date.now(), 60_000);
  let failures = 5;
  const renew = vi.fn(async () => {
    if (failures-- > 0) throw new Error('the API is away');
    current = identity('2', Date.now(), 60_000);
  });
  const renewal = new Renewal({ current: () => current, renew, logger, random: () => 0.5 });
  renewal.start();
  await vi.advanceTimersByTimeAsync(45_000);
  expect(renew).toHaveBeenCalledTimes(6);
  expect(logger.error).toHaveBeenCalledTimes(5);
  expect(current.serial).toBe('2');
  renewal.stop();
});

test('asked for, it happens at once', async () => {
  const current = identity('1', Date.now(), 24 * hour);
  const renew = vi.fn(async () => undefined);
  const renewal = new Renewal({ current: () => current, renew, logger });
  renewal.start();
  renewal.renewNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(renew).toHaveBeenCalledTimes(1);
  renewal.stop();
});
