import { once } from 'node:events';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { testDatabase } from '@tulle/prisma/testing';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Api } from '../api.ts';
import { createGuard } from '../http/guard.ts';
import { startHttpServer } from '../http/server.ts';
import { createPeople, type People } from './people.ts';

const account = { name: 'Ana <b>Bold</b>', email: 'Ana@Shop.example', password: 'a long enough password' };

let port: number;
let baseUrl: string;
let people: People;
let close: () => Promise<void>;

beforeAll(async () => {
  const database = await testDatabase();
  // Last, so that nobody has the time to take it.
  port = await freePort();
  baseUrl = `http://127.0.0.1:${port}`;
  const guard = createGuard({ baseUrl, allowedHosts: [] });
  people = createPeople({
    prisma: database.prisma,
    secret: 'a secret of the test, long enough to be one',
    baseUrl,
    trustedOrigins: guard.origins,
  });
  const server = await startHttpServer({
    host: '127.0.0.1',
    port,
    // Nothing below asks a noun for anything: `people.me` and `live.clock` need none.
    api: {} as Api,
    people,
    guard,
    web: undefined,
    ready: async () => undefined,
    metrics: async () => '',
    logger: pino({ level: 'silent' }),
  });
  close = async () => {
    await server.close();
    await database.close();
  };
});
afterAll(() => close());

/** The guard must know its own address before the server listens. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: found } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return found;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl, ...headers },
    body: JSON.stringify(body),
  });
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, cookie };
}

async function me(headers: Record<string, string>) {
  const response = await fetch(`${baseUrl}/trpc/people.me`, { headers });
  return { status: response.status, body: (await response.json()) as { result?: { data: unknown } } };
}

const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? '';

test('the printed link makes the first admin once, later signs that admin in, and nobody else can sign up', async () => {
  const first = tokenOf(await people.welcomeUrl());
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
  expect((await me({ cookie: made.cookie })).body.result?.data).toMatchObject({
    name: 'Ana <b>Bold</b>',
    email: 'ana@shop.example',
    role: 'admin',
  });
  expect((await post('/api/auth/welcome', { token: first, account })).status).toBe(401);

  const second = tokenOf(await people.welcomeUrl());
  expect((await post('/api/auth/welcome/state', { token: second })).body).toEqual({
    valid: true,
    firstAdmin: false,
  });
  const again = await post('/api/auth/welcome', { token: second });
  expect((await me({ cookie: again.cookie })).body.result?.data).toMatchObject({ email: 'ana@shop.example' });

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
  const token = await people.operatorToken(undefined);
  expect((await me({ authorization: `Bearer ${token}` })).body.result?.data).toMatchObject({
    name: 'operator',
    role: 'admin',
  });
  expect(await people.operatorToken(token)).toBe(token);
  expect(await people.operatorToken('made-up')).not.toBe('made-up');
});

test('a foreign Host and a foreign Origin are refused before anything is looked up', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request(
      { host: '127.0.0.1', port, path: '/trpc/people.me', headers: { host: 'evil.example' } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    )
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
  const foreign = await fetch(`${baseUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
  });
  expect(foreign.status).toBe(403);
});

test.each([
  ['/api/auth/sign-in/email', { email: 'ana@shop.example' }],
  ['/api/auth/welcome/state', {}],
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
