import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ada, fakeFleet, silent, split, startReplica, type TestReplica } from '../changes/test-mesh.ts';
import { createLive } from './live.ts';
import type { LiveEvent } from './view.ts';

describe('live events', () => {
  let database: Database;
  let here: TestReplica & Awaited<ReturnType<typeof createLive>>;
  let there: TestReplica & Awaited<ReturnType<typeof createLive>>;
  const start = async () => {
    const replica = await startReplica(database, fakeFleet({ orders: ['v1', 'v2'] }));
    const live = await createLive({ database, ...replica, logger: silent });
    const stop = async () => {
      await live.stop();
      await replica.stop();
    };
    return { ...replica, ...live, stop };
  };
  beforeEach(async () => {
    database = await testDatabase();
    here = await start();
    there = await start();
  });
  afterEach(async () => {
    await here.stop();
    await there.stop();
    await database.close();
  });

  /** Reads until `count` events have come, from before this returns. */
  function read(from: typeof here, count: number) {
    const abort = new AbortController();
    const iterator = from.live.events(abort.signal)[Symbol.asyncIterator]();
    const first = iterator.next();
    return (async () => {
      const events: LiveEvent[] = [];
      for (let next = await first; !next.done; next = await iterator.next()) {
        events.push(next.value);
        if (events.length === count) abort.abort();
      }
      return events;
    })();
  }

  it('reach readers of every replica once', async () => {
    const [near, far] = [read(here, 3), read(there, 3)];
    here.bus.publish({ type: 'ack', revision: 4 });
    here.bus.publish({ type: 'rollout', id: 'r', service: 'orders' });
    here.bus.publish({ type: 'ack', revision: 4 });
    here.bus.publish({ type: 'certificates' });
    const expected = [
      { type: 'rollout', id: 'r', service: 'orders' },
      { type: 'ack', revision: 4 },
      { type: 'certificates' },
    ];
    expect(sorted(await near)).toEqual(sorted(expected));
    expect(sorted(await far)).toEqual(sorted(expected));
  });

  it('tell of changes without anybody publishing them', async () => {
    const [near, far] = [read(here, 1), read(there, 1)];
    await here.applyChange({
      author: ada,
      source: 'dashboard',
      reason: '',
      edit: () => ({ upserts: [split('orders', ['v1', 100])] }),
    });
    const change = { type: 'change', revision: 1, services: ['orders'] };
    expect(await near).toEqual([change]);
    expect(await far).toEqual([change]);
  });

  it('are split into messages that the database takes', async () => {
    const far = read(there, 200);
    for (let index = 0; index < 200; index++) {
      here.bus.publish({ type: 'rollout', id: `${index}`.padStart(36, '0'), service: 's'.repeat(60) });
    }
    expect(await far).toHaveLength(200);
  });

  it('end when the reader leaves and when the server stops', async () => {
    const abort = new AbortController();
    const left = here.live.events(abort.signal)[Symbol.asyncIterator]().next();
    abort.abort();
    expect(await left).toMatchObject({ done: true });
    const open = there.live.events(new AbortController().signal)[Symbol.asyncIterator]().next();
    await there.live.events(AbortSignal.abort())[Symbol.asyncIterator]().next();
    await there.stop();
    expect(await open).toMatchObject({ done: true });
    there = await start();
  });
});

function sorted(events: readonly object[]): string[] {
  return events.map((event) => JSON.stringify(event)).sort();
}
