import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Credentials, type PeoplePort, startPeoplePort } from '../people/test-people-port.ts';
import type { PasswordLink } from '../people/view.ts';
import type { ApiTokenRow, CreatedApiToken } from './view.ts';

const hourMs = 3_600_000;

let database: Database;
let port: PeoplePort;
let admin: Credentials;
let bob: Credentials & { id: string };
let ahead: number;

beforeEach(async () => {
  ahead = 0;
  database = await testDatabase();
  port = await startPeoplePort(database, { now: () => Date.now() + ahead });
  admin = await port.firstAdmin();
  const invited = await port.act(
    'people.invite',
    { name: 'Bob', email: 'bob@shop.example', role: 'editor' },
    admin,
  );
  const { id, url } = invited.body as PasswordLink;
  bob = { id, cookie: (await port.enter(url, 'another long password')).cookie };
});
afterEach(async () => {
  await port.close();
  await database.close();
});

const create = (by: Credentials, more: object = {}) =>
  port.act('apiTokens.create', { name: 'ci', role: 'editor', lifetimeMs: hourMs, ...more }, by);
const bearer = ({ body }: { body: unknown }): Credentials => ({
  authorization: `Bearer ${(body as CreatedApiToken).token}`,
});
const me = (by: Credentials) => port.ask('people.me', undefined, by);
const list = async (by: Credentials) =>
  (await port.ask('apiTokens.list', undefined, by)).body as ApiTokenRow[];

test('a token speaks in the name of its maker, is shown once, and its use is seen', async () => {
  const made = await create(bob);
  const by = bearer(made);
  expect(await database.prisma.apiToken.count({ where: { secretHash: { contains: 'tulle_api_' } } })).toBe(0);
  expect((await list(bob))[0]).toMatchObject({ name: 'ci', state: 'active', isOwn: true, lastUsedAt: null });
  expect((await me(by)).body).toMatchObject({
    ...{ id: bob.id, name: 'Bob (token ci)', role: 'editor', via: 'cli', token: 'ci' },
  });
  const [row] = await list(bob);
  expect(row?.lastUsedAt).toBeGreaterThan(0);
  expect(JSON.stringify(row)).not.toContain((made.body as CreatedApiToken).token);
});

test('a token may no more than its maker, now and later', async () => {
  expect(await create(bob, { role: 'admin' })).toMatchObject({
    status: 403,
    body: { message: 'Your role is editor; a token of yours cannot be admin.' },
  });
  const by = bearer(await create(bob));
  const low = bearer(await create(bob, { name: 'reader', role: 'viewer' }));
  expect((await me(low)).body).toMatchObject({ role: 'viewer' });
  await port.act('people.setRole', { id: bob.id, role: 'viewer' }, admin);
  expect((await me(by)).body).toMatchObject({ role: 'viewer' });
  await port.act('people.setRole', { id: bob.id, role: 'admin' }, admin);
  expect((await me(by)).body).toMatchObject({ role: 'editor' });
});

test('a token ends with its time, with its revocation and with its maker', async () => {
  const short = bearer(await create(bob));
  ahead = hourMs;
  expect((await me(short)).status).toBe(401);
  // Its name is free again.
  const revoked = bearer(await create(bob));
  const [row] = await list(bob);
  expect((await port.act('apiTokens.revoke', { id: row?.id }, bob)).status).toBe(200);
  expect((await me(revoked)).status).toBe(401);
  expect((await list(bob)).map(({ state }) => state)).toEqual(['revoked', 'expired']);
  const last = bearer(await create(bob));
  await port.act('people.remove', { id: bob.id }, admin);
  expect((await me(last)).status).toBe(401);
});

test('a revocation closes what the token holds open', async () => {
  const socket = await port.openSocket(bearer(await create(bob)));
  const [row] = await list(bob);
  await port.act('apiTokens.revoke', { id: row?.id }, bob);
  expect(await socket.closed).toBe(1008);
});

test('a token decides nothing about people, sessions and tokens', async () => {
  const by = bearer(await create(admin, { role: 'admin' }));
  for (const [procedure, input] of [
    ['people.invite', { name: 'Eve', email: 'eve@shop.example', role: 'admin' }],
    ['people.setRole', { id: bob.id, role: 'admin' }],
    ['people.passwordLink', { id: bob.id }],
    ['people.remove', { id: bob.id }],
    ['people.endSessions', {}],
    ['apiTokens.create', { name: 'more', role: 'admin', lifetimeMs: hourMs }],
    ['apiTokens.revoke', { id: 'any' }],
  ] as const)
    expect((await port.act(procedure, input, by)).status, procedure).toBe(403);
  const { status } = await port.post(
    '/api/auth/change-password',
    { currentPassword: 'a long enough password', newPassword: 'another long password' },
    by,
  );
  expect(status).toBe(401);
});

test('one sees and revokes one’s own, an administrator everybody’s', async () => {
  const own = bearer(await create(admin, { name: 'mine' }));
  await create(bob);
  expect((await list(bob)).map(({ name }) => name)).toEqual(['ci']);
  expect((await list(admin)).map(({ name, maker }) => `${maker} ${name}`).sort()).toEqual([
    'Ana mine',
    'Bob ci',
  ]);
  const [mine] = (await list(admin)).filter(({ isOwn }) => isOwn);
  expect((await port.act('apiTokens.revoke', { id: mine?.id }, bob)).status).toBe(404);
  expect((await me(own)).status).toBe(200);
  const [his] = await list(bob);
  expect((await port.act('apiTokens.revoke', { id: his?.id }, admin)).status).toBe(200);
});

test('of one name there is one at a time, and what looks like a token is none', async () => {
  const made = await Promise.all([create(bob), create(bob)]);
  expect(made.map(({ status }) => status).sort()).toEqual([200, 409]);
  // No session is tried with it either.
  expect((await me({ ...bob, authorization: 'Bearer tulle_api_made-up' })).status).toBe(401);
});
