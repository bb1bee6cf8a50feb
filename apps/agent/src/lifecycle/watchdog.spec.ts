import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchForSilence } from './watchdog.ts';

function watched(timeoutMs: number) {
  const child = new EventEmitter();
  const onSilent = vi.fn();
  watchForSilence(child, timeoutMs, onSilent);
  return { child, onSilent };
}

describe('by the clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('a process that is silent for the whole time is given up once', () => {
    const { onSilent } = watched(30_000);
    vi.advanceTimersByTime(29_000);
    expect(onSilent).not.toHaveBeenCalled();
    vi.advanceTimersByTime(100_000);
    expect(onSilent).toHaveBeenCalledOnce();
  });

  test('one that is slow is not, however often', () => {
    const { child, onSilent } = watched(30_000);
    for (let index = 0; index < 10; index++) {
      vi.advanceTimersByTime(28_000);
      child.emit('message');
    }
    expect(onSilent).not.toHaveBeenCalled();
  });

  test('one that has ended, and one that nobody gives up, are not', () => {
    const ended = watched(30_000);
    ended.child.emit('exit');
    const spared = watched(0);
    vi.advanceTimersByTime(1_000_000);
    expect(ended.onSilent).not.toHaveBeenCalled();
    expect(spared.onSilent).not.toHaveBeenCalled();
  });
});

test('time in which the one that watches stood still does not count', async () => {
  const { child, onSilent } = watched(300);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
  await nextTurn();
  await nextTurn();
  child.emit('message');
  expect(onSilent).not.toHaveBeenCalled();
  child.emit('exit');
});
