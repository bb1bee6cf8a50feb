import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { connect } from './database.ts';
import { testDatabase } from './testing.ts';

describe('a database', () => {
  let database: Database;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());

  it('is migrated and answers through Prisma and through the pool', async () => {
    await database.prisma.setting.create({ data: { key: 'trust-domain', value: 'tulle.test' } });
    const { rows } = await database.pool.query('SELECT value FROM setting');
    expect(rows).toEqual([{ value: 'tulle.test' }]);
  });

  it('lets a service have one active rollout only', async () => {
    const rollout = { service: 'catalogue', spec: {}, state: {}, createdBy: 'ada' };
    await database.prisma.rollout.create({ data: { ...rollout, phase: 'aborted' } });
    await database.prisma.rollout.create({ data: { ...rollout, phase: 'running' } });
    await expect(
      database.prisma.rollout.create({ data: { ...rollout, phase: 'waiting-approval' } }),
    ).rejects.toMatchObject({ code: 'P2002' });
  });

  it('is refused in one sentence, without its password, when it cannot be reached', async () => {
    await expect(connect('postgresql://ada:secret@127.0.0.1:1/mesh')).rejects.toThrow(
      /^The database at postgresql:\/\/ada:…@127\.0\.0\.1:1\/mesh cannot be reached: connect ECONNREFUSED/,
    );
    await expect(connect('localhost/mesh')).rejects.toThrow(
      /^The database at DATABASE_URL cannot be reached/,
    );
  });
});
