import { rolloutSpecSchema } from '@tulle/mesh/rollout/spec';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CreatedApiToken } from '../api-tokens/view.ts';
import { ada, fakeFleet, split } from '../changes/test-mesh.ts';
import { type Credentials, type PeoplePort, startPeoplePort } from '../people/test-people-port.ts';
import type { PasswordLink } from '../people/view.ts';
import { fakeTelemetry, type RolloutReplica, startRolloutReplica, untilRollout } from './test-rollouts.ts';
import type { RolloutView } from './view.ts';

let database: Database;
let replica: RolloutReplica;
let port: PeoplePort;

beforeEach(async () => {
  database = await testDatabase();
  replica = await startRolloutReplica(
    database,
    fakeFleet({ orders: ['v1', 'v2'] }),
    fakeTelemetry(() => []),
  );
  port = await startPeoplePort(database, { api: { rollouts: replica.rollouts } });
});
afterEach(async () => {
  await port.close();
  await replica.stop();
  await database.close();
});

async function invited(name: string, role: string, by: Credentials): Promise<Credentials & { id: string }> {
  const email = `${name.toLowerCase()}@shop.example`;
  const { id, url } = (await port.act('people.invite', { name, email, role }, by)).body as PasswordLink;
  return { id, cookie: (await port.enter(url, 'another long password')).cookie };
}

test('a step that needs two people is passed by two, and by nobody twice', async () => {
  await replica.applyChange({
    author: ada,
    source: 'dashboard',
    reason: '',
    edit: () => ({ upserts: [split('orders', ['v1', 100])] }),
  });
  await replica.runner.start();
  const admin = await port.firstAdmin();
  const bob = await invited('Bob', 'approver', admin);
  const eve = await invited('Eve', 'editor', admin);
  const spec = rolloutSpecSchema.parse({
    ...{ service: 'orders', stable: 'v1', candidate: 'v2' },
    steps: [{ type: 'setWeight', weight: 20 }, { type: 'approval', approvals: 2 }, { type: 'pause' }],
  });
  const { id } = (await port.act('rollouts.create', spec, eve)).body as { id: string };
  const until = (phase: string) =>
    untilRollout(
      { database, notifications: replica.notifications },
      id,
      ({ state }) => state.phase === phase,
    );
  await until('waiting-approval');
  const approve = (by: Credentials) => port.act('rollouts.approve', { id, comment: 'fine' }, by);

  expect((await approve(eve)).body).toMatchObject({
    message: 'Your role, editor, may not approve here.',
  });
  expect((await approve(admin)).status).toBe(200);
  expect((await approve(admin)).status).toBe(409);
  const made = await port.act(
    'apiTokens.create',
    { name: 'ci', role: 'approver', lifetimeMs: 3_600_000 },
    admin,
  );
  const token = { authorization: `Bearer ${(made.body as CreatedApiToken).token}` };
  expect((await approve(token)).body).toMatchObject({
    message: 'You have approved this step; it needs 1 more person.',
  });

  expect((await approve(bob)).status).toBe(200);
  await until('waiting-resume');
  await port.act('people.remove', { id: bob.id }, admin);
  const { body } = await port.ask('rollouts.get', { id }, admin);
  expect((body as RolloutView).steps[1]?.note).toBe('approved by Ana and Bob');
  expect((body as RolloutView).timeline.filter(({ type }) => type === 'approved')).toHaveLength(2);
});
