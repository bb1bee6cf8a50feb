import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LatestWriter } from './latest-writer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function diskOf(state: { full: boolean }) {
  const written: string[] = [];
  const failed = vi.fn();
  const writer = new LatestWriter<string>(async (text) => {
    if (state.full) throw new Error('ENOSPC');
    written.push(text);
  }, failed);
  return { writer, written, failed };
}

test('what could not be written is written once it can, and spoken of once', async () => {
  const state = { full: true };
  const { writer, written, failed } = diskOf(state);
  writer.put('a');
  await vi.advanceTimersByTimeAsync(5_500);
  expect(failed).toHaveBeenCalledTimes(1);
  state.full = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(written).toEqual(['a']);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(written).toEqual(['a']);
  state.full = true;
  writer.put('b');
  await vi.advanceTimersByTimeAsync(0);
  expect(failed).toHaveBeenCalledTimes(2);
});

test('something newer takes the place of what was missed', async () => {
  const state = { full: true };
  const { writer, written } = diskOf(state);
  writer.put('a');
  await vi.advanceTimersByTimeAsync(100);
  state.full = false;
  writer.put('b');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(written).toEqual(['b']);
});

test('whoever waits gets one more attempt, and nothing is written behind its back', async () => {
  const state = { full: true };
  const { writer, written } = diskOf(state);
  writer.put('a');
  await writer.settled();
  state.full = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(written).toEqual([]);
  state.full = true;
  writer.put('b');
  await vi.advanceTimersByTimeAsync(0);
  state.full = false;
  await writer.settled();
  expect(written).toEqual(['b']);
});
