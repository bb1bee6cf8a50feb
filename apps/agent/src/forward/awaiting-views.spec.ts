import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AwaitingViews } from './awaiting-views.ts';

const MOST = 1_024;

describe('what waits for a view', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const asked: string[] = [];
  function start() {
    asked.length = 0;
    const views = new AwaitingViews((service) => asked.push(service), 1_000);
    const connections = Array.from({ length: MOST }, () => ({ destroyed: false }));
    const ends: number[] = [];
    connections.forEach((connection, at) => {
      views.waitAtMost('web', connection, () => ends.push(at));
    });
    const next = () => views.waitAtMost('orders', { destroyed: false }, () => ends.push(-1));
    return { views, connections, ends, next };
  }

  it('is so much and no more, until some of it is gone', () => {
    const { connections, ends, next } = start();
    expect(next()).toBe(false);
    for (const connection of connections.slice(0, 2)) connection.destroyed = true;
    expect([next(), next(), next()]).toEqual([true, true, false]);
    expect(asked).toEqual(['web', 'orders']);
    expect(ends).toEqual([]);
  });

  it('goes on once, when the view has come or it has waited long enough, and not when it is gone', () => {
    const { views, connections, ends } = start();
    for (const connection of connections.slice(1)) connection.destroyed = true;
    views.waitAtMost('orders', undefined, () => ends.push(-1));
    views.release((service) => service === 'orders');
    expect(ends).toEqual([-1]);
    vi.advanceTimersByTime(1_000);
    views.release(() => true);
    expect(ends).toEqual([-1, 0]);
  });

  it('makes room when it has waited long enough', () => {
    const { next } = start();
    vi.advanceTimersByTime(1_000);
    expect(next()).toBe(true);
  });
});
