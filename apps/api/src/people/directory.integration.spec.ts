import type { Role } from '@tulle/mesh/people';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Credentials, type PeoplePort, startPeoplePort, tokenOf } from './test-people-port.ts';
import type { PasswordLink, PersonRow, SessionRow } from './view.ts';

const password = 'another long password';
const hourMs = 3_600_000;

let database: Database;
let port: PeoplePort;
let admin: Credentials;
let ahead: number;

/** Ends when its reader leaves, and says nothing meanwhile. */
async function* silence(signal: AbortSignal): AsyncGenerator<never, void, undefined> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const start = () =>
  startPeoplePort(database, { api: { live: { events: silence } }, now: () => Date.now() + ahead });

beforeEach(async () => {
  ahead = 0;
  database = await testDatabase();
  port = await start();
  admin = await port.firstAdmin();
});
afterEach(async () => {
  await port.close();
  await database.close();
});

async function invite(role: Role, name = 'Bob'): Promise<PasswordLink> {
  const email = `${name.toLowerCase()}@shop.example`;
  return (await port.act('people.invite', { name, email, role }, admin)).body as PasswordLink;
}

async function join(role: Role, name = 'Bob'): Promise<Credentials & { id: string }> {
  const { id, url } = await invite(role, name);
  return { cookie: (await port.enter(url, password)).cookie, id };
}

const list = async () => (await port.ask('people.list', undefined, admin)).body as PersonRow[];
const named = async (name: string) => (await list()).find((person) => person.name === name);
const state = async (link: string) =>
  (await port.post('/api/auth/password-link/state', { token: tokenOf(link) })).body;

describe('an invitation', () => {
  test('lets one person in, once, with the role that was given', async () => {
    const { url, expiresAt } = await invite('approver');
    expect(await named('Bob')).toMatchObject({
      ...{ email: 'bob@shop.example', role: 'approver', state: 'invited' },
      ...{ lastSeenAt: null, linkExpiresAt: expiresAt },
    });
    const stored = JSON.stringify(await database.prisma.verification.findMany());
    expect(stored).not.toContain(tokenOf(url));
    expect(await state(url)).toEqual({ valid: true, name: 'Bob', email: 'bob@shop.example', isNew: true });

    expect((await port.enter(url, 'too short')).status).toBe(400);
    const entered = await port.enter(url, password);
    expect((await port.ask('people.me', undefined, { cookie: entered.cookie })).body).toMatchObject({
      name: 'Bob',
      role: 'approver',
    });
    expect(await named('Bob')).toMatchObject({ state: 'active', linkExpiresAt: null });
    expect(await state(url)).toEqual({ valid: false });
    expect(await port.enter(url, 'a third long password')).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    });
    const { status } = await port.post('/api/auth/sign-in/email', { email: 'bob@shop.example', password });
    expect(status).toBe(200);
  });

  test('of two who open it at once lets one in', async () => {
    const { url } = await invite('viewer');
    const entered = await Promise.all([port.enter(url, password), port.enter(url, password)]);
    expect(entered.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test('is worth nothing after a day, after a newer one, and after the person was removed', async () => {
    const { id, url } = await invite('viewer');
    const newer = (await port.act('people.passwordLink', { id }, admin)).body as PasswordLink;
    expect((await port.enter(url, password)).status).toBe(401);
    await port.act('people.remove', { id }, admin);
    expect((await port.enter(newer.url, password)).status).toBe(401);
    ahead = -25 * hourMs;
    const old = await invite('viewer');
    expect(await state(old.url)).toEqual({ valid: false });
    expect((await port.enter(old.url, password)).status).toBe(401);
  });

  test('is for somebody who is not here yet', async () => {
    await invite('viewer');
    expect(
      await port.act('people.invite', { name: 'Other', email: 'BOB@shop.example', role: 'viewer' }, admin),
    ).toMatchObject({ status: 409, body: { data: { mesh: { code: 'already_exists' } } } });
  });
});

describe('whoever is removed', () => {
  test('is out at the next call, on every socket of every replica, and by every token', async () => {
    const bob = await join('editor');
    const made = await port.act('apiTokens.create', { name: 'ci', role: 'editor', lifetimeMs: hourMs }, bob);
    const token = { authorization: `Bearer ${(made.body as { token: string }).token}` };
    const other = await start();
    const sockets = await Promise.all([port.openSocket(bob), other.openSocket(bob), other.openSocket(token)]);
    const mine = await other.openSocket(admin);
    for (const socket of [...sockets, mine])
      expect(await socket.call('subscription', 'live.events')).toContain('started');

    expect((await port.act('people.remove', { id: bob.id }, admin)).status).toBe(200);
    for (const by of [bob, token]) expect((await port.ask('people.me', undefined, by)).status).toBe(401);
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1008, 1008, 1008]);
    // Whoever stays does not notice.
    expect(await mine.call('query', 'people.me')).toContain('"name":"Ana"');
    expect(await named('Bob')).toBeUndefined();
    const { status } = await port.post('/api/auth/sign-in/email', { email: 'bob@shop.example', password });
    expect(status).toBe(401);
    await other.close();
  });

  test('is told so when they call on a socket that is open still', async () => {
    const bob = await join('viewer');
    const socket = await port.openSocket(bob);
    expect(await socket.call('query', 'live.clock')).toContain('now');
    // As on a replica that has not heard of it: nothing but the table knows.
    await database.prisma.user.delete({ where: { id: bob.id } });
    expect(await socket.call('query', 'live.clock')).toContain('Sign in first.');
    socket.close();
  });
});

test('a role counts from the next call on, also on a socket that was opened before', async () => {
  const eve = await join('admin', 'Eve');
  const { id } = await invite('viewer');
  const socket = await port.openSocket(eve);
  expect(await socket.call('mutation', 'people.setRole', { id, role: 'editor' })).toContain('result');
  await port.act('people.setRole', { id: eve.id, role: 'approver' }, admin);
  expect(port.events).toContainEqual({ type: 'people' });
  expect(await socket.call('mutation', 'people.setRole', { id, role: 'admin' })).toContain(
    'Your role, approver, may not administer here.',
  );
  expect(await named('Bob')).toMatchObject({ role: 'editor' });
  socket.close();
});

describe('the last administrator', () => {
  test('stays one, with a sentence', async () => {
    const { id } = (await named('Ana')) ?? { id: '' };
    await invite('admin', 'Invited');
    const refused = {
      status: 409,
      body: { data: { mesh: { code: 'action_not_allowed' } } },
    };
    expect(await port.act('people.remove', { id }, admin)).toMatchObject(refused);
    expect(await port.act('people.setRole', { id, role: 'viewer' }, admin)).toMatchObject({
      ...refused,
      body: { message: 'Ana is the last administrator; make somebody else one before they become viewer.' },
    });
  });

  test('is left when two demote each other at once', async () => {
    const eve = await join('admin', 'Eve');
    const ana = (await named('Ana')) ?? { id: '' };
    const statuses = await Promise.all([
      port.act('people.setRole', { id: eve.id, role: 'viewer' }, admin),
      port.act('people.setRole', { id: ana.id, role: 'viewer' }, eve),
    ]);
    // The second is refused by the rule, or by a role that is gone already.
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(1);
    const rows = await database.prisma.user.findMany({ where: { role: 'admin' } });
    expect(rows).toHaveLength(1);
  });
});

test('the account of the operator cannot be changed, and the operator may invite', async () => {
  const operator = { authorization: `Bearer ${await port.people.operatorToken(undefined)}` };
  const { id } = (await named('operator')) ?? { id: '' };
  for (const [procedure, input] of [
    ['people.remove', { id }],
    ['people.setRole', { id, role: 'viewer' }],
    ['people.passwordLink', { id }],
  ] as const)
    expect((await port.act(procedure, input, admin)).status, procedure).toBe(409);
  expect((await port.act('people.endSessions', {}, operator)).status).toBe(409);
  const invited = await port.act(
    'people.invite',
    { name: 'Cy', email: 'cy@shop.example', role: 'viewer' },
    operator,
  );
  expect(invited.status).toBe(200);
});

test.each(['/update-user', '/list-sessions', '/revoke-sessions', '/delete-user'])(
  'what passes by the rules is not there: %s',
  async (path) => {
    const headers = { 'content-type': 'application/json', origin: port.baseUrl, ...admin };
    const method = path === '/list-sessions' ? 'GET' : 'POST';
    const body = method === 'POST' ? '{"name":"Somebody else"}' : null;
    const { status } = await fetch(`${port.baseUrl}/api/auth${path}`, { method, headers, body });
    expect(status).toBe(404);
  },
);

describe('sessions', () => {
  const sessionsOf = async (by: Credentials) =>
    (await port.ask('people.sessions', undefined, by)).body as SessionRow[];
  const signIn = async () => ({
    cookie: (await port.post('/api/auth/sign-in/email', { email: 'bob@shop.example', password })).cookie,
  });

  test('are listed without their tokens, and end one by one or all at once', async () => {
    const bob = await join('viewer');
    const [phone, desk] = [await signIn(), await signIn()];
    const seen = await sessionsOf(phone);
    expect(seen.map(({ isThis }) => isThis).sort()).toEqual([false, false, true]);
    const { token } = await database.prisma.session.findFirstOrThrow({ where: { userId: bob.id } });
    expect(JSON.stringify(seen)).not.toContain(token);

    const socket = await port.openSocket(phone);
    const own = seen.find(({ isThis }) => isThis)?.id ?? '';
    expect((await port.act('people.endSessions', { id: own }, admin)).status).toBe(404);
    expect((await port.act('people.endSessions', { id: own }, desk)).status).toBe(200);
    expect(await socket.closed).toBe(1008);
    expect((await port.ask('people.me', undefined, phone)).status).toBe(401);
    expect((await port.act('people.endSessions', {}, desk)).status).toBe(200);
    for (const by of [bob, desk]) expect((await port.ask('people.me', undefined, by)).status).toBe(401);
  });

  test('end with signing out, the sockets too', async () => {
    const bob = await join('viewer');
    const socket = await port.openSocket(bob);
    await port.post('/api/auth/sign-out', {}, bob);
    expect(await socket.closed).toBe(1008);
  });

  test('end when a link sets another password', async () => {
    const bob = await join('viewer');
    const { url } = (await port.act('people.passwordLink', { id: bob.id }, admin)).body as PasswordLink;
    expect(await state(url)).toMatchObject({ valid: true, isNew: false });
    const entered = await port.enter(url, 'a third long password');
    expect((await port.ask('people.me', undefined, bob)).status).toBe(401);
    expect((await port.ask('people.me', undefined, { cookie: entered.cookie })).status).toBe(200);
  });

  test('a password is changed by who knows the present one, which ends open links', async () => {
    const bob = await join('viewer');
    const { url } = (await port.act('people.passwordLink', { id: bob.id }, admin)).body as PasswordLink;
    const change = (currentPassword: string) =>
      port.post('/api/auth/change-password', { currentPassword, newPassword: 'a third long password' }, bob);
    expect((await change('not the password')).status).toBe(400);
    expect((await change(password)).status).toBe(200);
    expect(await state(url)).toEqual({ valid: false });
  });
});

test('one sees who was here when, to the minute', async () => {
  await join('viewer');
  const before = (await named('Ana'))?.lastSeenAt ?? 0;
  expect(before).toBeGreaterThan(0);
  ahead = 2 * 60_000;
  expect((await named('Ana'))?.lastSeenAt).toBeGreaterThanOrEqual(before + ahead);
});
