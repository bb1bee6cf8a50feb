import { request } from 'node:http';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ana, type Credentials, type PeoplePort, startPeoplePort, tokenOf } from './test-people-port.ts';

const account = { ...ana, name: 'Ana <b>Bold</b>', email: 'Ana@Shop.example' };

let database: Database;
let port: PeoplePort;

beforeAll(async () => {
  database = await testDatabase();
  port = await startPeoplePort(database);
});
afterAll(async () => {
  await port.close();
  await database.close();
});

const post = (path: string, body: unknown, headers: Credentials = {}) => port.post(path, body, headers);
const me = (headers: Credentials) => port.ask('people.me', undefined, headers);

test('the printed link makes the first admin once, later signs that admin in, and nobody else can sign up', async () => {
  const first = tokenOf(await port.people.welcomeUrl());
  expect((await post('/api/auth/welcome/state', { token: first })).body).toEqual({
    valid: true,
    firstAdmin: true,
  });
  expect((await post('/api/auth/welcome', { token: first })).body).toMatchObject({ code: 'account_needed' });
  expect(
    (await post('/api/auth/welcome', { token: first, account: { ...account, password: 'short' } })).status,
  ).toBe(400);

  const made = await post('/api/auth/welcome', { token: first, account });
  expect(made.status).toBe(200);
  expect((await me({ cookie: made.cookie })).body).toMatchObject({
    name: 'Ana <b>Bold</b>',
    email: 'ana@shop.example',
    role: 'admin',
  });
  expect((await post('/api/auth/welcome', { token: first, account })).status).toBe(401);

  const second = tokenOf(await port.people.welcomeUrl());
  expect((await post('/api/auth/welcome/state', { token: second })).body).toEqual({
    valid: true,
    firstAdmin: false,
  });
  const again = await post('/api/auth/welcome', { token: second });
  expect((await me({ cookie: again.cookie })).body).toMatchObject({ email: 'ana@shop.example' });

  const signUp = await post('/api/auth/sign-up/email', { ...account, email: 'eve@evil.example' });
  expect(signUp.status).toBe(400);
});

test('a password signs in, a wrong one does not', async () => {
  const right = await post('/api/auth/sign-in/email', {
    email: 'ana@shop.example',
    password: account.password,
  });
  expect((await me({ cookie: right.cookie })).status).toBe(200);
  const wrong = await post('/api/auth/sign-in/email', {
    email: 'ana@shop.example',
    password: 'a wrong password',
  });
  expect(wrong.status).toBe(401);
});

test('no procedure answers without a session', async () => {
  const answer = await me({});
  expect(answer.status).toBe(401);
  expect(JSON.stringify(answer.body)).toContain('Sign in first.');
  expect((await me({ authorization: 'Bearer made-up' })).status).toBe(401);
});

test('the operator of the machine has a token, kept as long as it is good', async () => {
  const token = await port.people.operatorToken(undefined);
  expect((await me({ authorization: `Bearer ${token}` })).body).toMatchObject({
    name: 'operator',
    role: 'admin',
  });
  expect(await port.people.operatorToken(token)).toBe(token);
  expect(await port.people.operatorToken('made-up')).not.toBe('made-up');
});

test('a foreign Host and a foreign Origin are refused before anything is looked up', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request(
      { host: '127.0.0.1', port: port.port, path: '/trpc/people.me', headers: { host: 'evil.example' } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    )
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
  const foreign = await fetch(`${port.baseUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
  });
  expect(foreign.status).toBe(403);
});

test.each([
  ['/api/auth/sign-in/email', { email: 'ana@shop.example' }],
  ['/api/auth/welcome/state', {}],
  ['/api/auth/password-link/state', {}],
  ['/api/auth/password-link', { token: 'made up' }],
])('%s answers twenty times a minute, whatever address the caller claims', async (path, incomplete) => {
  const claiming = (attempt: number) => ({
    'x-forwarded-for': `192.0.2.${attempt}`,
    'x-tulle-client-address': `192.0.2.${attempt}`,
  });
  const statuses: number[] = [];
  // Twice as many, in case a minute ends among them.
  while (statuses.at(-1) !== 429 && statuses.length < 42) {
    statuses.push((await post(path, incomplete, claiming(statuses.length))).status);
  }
  expect(statuses.at(-1)).toBe(429);
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(400));
});
