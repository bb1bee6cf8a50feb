import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silent } from '../changes/test-mesh.ts';
import { type Leadership, seekLeadership } from './leadership.ts';

const lock = 42;

describe('leadership', () => {
  let database: Database;
  const seekers: Leadership[] = [];
  beforeEach(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    await Promise.all(seekers.splice(0).map((seeker) => seeker.stop()));
    await database.close();
  });

  /** Somebody who seeks it, with what comes of it, one after the other. */
  function seek() {
    const steps: ('leads' | 'lost')[] = [];
    const waiting = new Set<() => void>();
    const note = (step: 'leads' | 'lost') => {
      steps.push(step);
      for (const look of waiting) look();
    };
    const seeker = seekLeadership({
      database,
      lock,
      logger: silent,
      onLead: () => note('leads'),
      onLost: () => note('lost'),
    });
    seekers.push(seeker);
    const until = (count: number) =>
      new Promise<readonly string[]>((resolve) => {
        const look = () => {
          if (steps.length >= count) resolve(steps);
        };
        waiting.add(look);
        look();
      });
    return { stop: () => seeker.stop(), steps, until };
  }

  it('belongs to one, and passes to the next when that one stops', async () => {
    const first = seek();
    await first.until(1);
    const second = seek();
    const waitingSession = await untilLockIsAwaited();
    expect(waitingSession).toBe(1);
    expect(second.steps).toEqual([]);
    await first.stop();
    expect(first.steps).toEqual(['leads', 'lost']);
    expect(await second.until(1)).toEqual(['leads']);
  });

  it('is lost with its connection, and sought again', async () => {
    const first = seek();
    await first.until(1);
    await database.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'tulle-leader' AND datname = current_database()`,
    );
    expect(await first.until(3)).toEqual(['leads', 'lost', 'leads']);
  });

  it('can be given up at any moment, also before it is had', async () => {
    await seek().stop();
    const leader = seek();
    await leader.until(1);
    const waiting = seek();
    await untilLockIsAwaited();
    await waiting.stop();
    expect(waiting.steps).toEqual([]);
    const starting = seek();
    await new Promise(setImmediate);
    await starting.stop();
    expect(starting.steps).toEqual([]);
  });

  async function untilLockIsAwaited(): Promise<number> {
    for (;;) {
      const { rows } = await database.pool.query<{ waiting: number }>(
        `SELECT count(*)::int AS waiting FROM pg_locks JOIN pg_database ON pg_database.oid = database
         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
      );
      if (rows[0] && rows[0].waiting > 0) return rows[0].waiting;
    }
  }
});
