import { shop } from '@tulle/example-shop/shop';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PartProcess } from './part-process.ts';
import { SupervisedPart } from './supervised-part.ts';

const logger = pino({ level: 'silent' });
const part = (name: string) => {
  const found = shop({ folder: '/shop' }).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
};

/** Processes that end when the test says so. */
function launcher() {
  const launched: { end: (how: string) => void; stopped: boolean }[] = [];
  const launch = async (): Promise<PartProcess> => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const one = { end: resolve, stopped: false };
    launched.push(one);
    const stop = async () => {
      one.stopped = true;
      resolve('ended with code 0');
    };
    return { pid: launched.length, exited: promise, stop };
  };
  return { launched, launch };
}

describe('a supervised part', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is started again when it ends, each time after twice as long, and soon again once it was well', async () => {
    const { launched, launch } = launcher();
    const cart = new SupervisedPart(part('cart'), launch, logger);
    await cart.start();
    for (const delayMs of [500, 1000, 2000]) {
      const before = launched.length;
      launched.at(-1)?.end('was ended by SIGKILL');
      await vi.advanceTimersByTimeAsync(delayMs - 1);
      expect(launched).toHaveLength(before);
      expect(cart.status).toMatchObject({ state: 'restarting', pid: null });
      await vi.advanceTimersByTimeAsync(1);
      expect(launched).toHaveLength(before + 1);
    }
    expect(cart.status).toMatchObject({ state: 'running', restarts: 3 });

    await vi.advanceTimersByTimeAsync(30_001);
    launched.at(-1)?.end('ended with code 1');
    await vi.advanceTimersByTimeAsync(500);
    expect(launched).toHaveLength(5);
  });

  it('stays stopped, also when it was waiting to be started again', async () => {
    const { launched, launch } = launcher();
    const cart = new SupervisedPart(part('cart'), launch, logger);
    await cart.start();
    launched[0]?.end('ended with code 1');
    await vi.advanceTimersByTimeAsync(100);
    await cart.stop(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(launched).toHaveLength(1);

    await cart.start();
    await cart.stop(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(launched.map(({ stopped }) => stopped)).toEqual([false, true]);
    expect(cart.status).toMatchObject({ state: 'stopped', pid: null });
  });

  it('knows that the faulty version is born broken, and which part cannot be broken', async () => {
    const { launch } = launcher();
    expect(new SupervisedPart(part('catalogue-v3'), launch, logger).status.broken).toBe(true);
    const caller = new SupervisedPart(part('load-generator'), launch, logger);
    expect(caller.can('break')).toBe(false);
    expect(caller.can('stop')).toBe(true);
    await expect(caller.setBroken(true)).rejects.toThrow('load-generator cannot be made to misbehave');
  });
});
