import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { join, newRequest, type RefusedByApi, SimulatedAgent, spiffeIdOf } from './simulated-agent.ts';
import { ada, type ControlPlane, startControlPlane } from './test-control-plane.ts';

let database: Database;
let api: ControlPlane;
const clock = { ahead: 0 };

beforeAll(async () => {
  database = await testDatabase();
  api = await startControlPlane({ database, now: () => Date.now() + clock.ahead });
});
afterAll(async () => {
  await api.stop();
  await database.close();
});

function joinAs(instance: string, token: string, service = 'orders') {
  return join(api.port, { token, service, version: 'v1', instance });
}

async function refusal(attempt: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await attempt.then(
    () => undefined,
    (reason: RefusedByApi) => reason,
  );
  return { code: error?.code ?? 'not refused', message: error?.message ?? '' };
}

test('a token gives the certificate of its service, and makes the service known', async () => {
  const { grant } = await joinAs('orders-1', await api.token('orders'));
  expect(spiffeIdOf(grant.certificateChainPem)).toBe('spiffe://tulle.local/service/orders');
  expect(api.fleet.services()).toContain('orders');
  await expect.poll(() => api.configStore.resource('Service', 'orders')?.name).toBe('orders');
  const [row] = await api.tokens.list();
  expect(row).toMatchObject({ state: 'used', usedBy: 'orders-1', createdBy: 'Ada' });
});

test('of twenty at once exactly one gets a certificate for a token', async () => {
  const token = await api.token('orders');
  const attempts = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) => joinAs(`orders-race-${index}`, token)),
  );
  const refused = attempts.filter((one) => one.status === 'rejected');
  expect(refused).toHaveLength(19);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'used_token' });
  const agents = await database.prisma.agent.count({ where: { instance: { startsWith: 'orders-race' } } });
  expect(agents).toBe(1);
});

test('used, expired, revoked, foreign, unknown and malformed tokens say what to do', async () => {
  const used = await api.token('orders');
  await joinAs('orders-2', used);
  expect(await refusal(joinAs('orders-3', used))).toMatchObject({
    code: 'used_token',
    message: expect.stringContaining('each works once. Make a new one'),
  });

  const revoked = await api.token('orders');
  const [row] = await api.tokens.list();
  await api.tokens.revoke(ada, { id: row?.id ?? '' });
  expect(await refusal(joinAs('orders-3', revoked))).toMatchObject({ code: 'revoked' });

  const foreign = used.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  expect(await refusal(api.tokens.check(foreign, 'orders'))).toMatchObject({
    message: expect.stringContaining('of another mesh'),
  });
  const guessed = used.replace(/_[A-Za-z0-9]{43}_/, `_${'x'.repeat(43)}_`);
  expect(await refusal(joinAs('orders-3', guessed))).toMatchObject({ code: 'invalid_token' });
  expect(await refusal(joinAs('orders-3', 'hello'))).toMatchObject({ code: 'invalid_token' });

  const expired = await api.token('orders', 60_000);
  clock.ahead = 61_000;
  expect(await refusal(joinAs('orders-3', expired))).toMatchObject({ code: 'expired_token' });
  clock.ahead = 0;
});

test('who has not heard the answer asks again with the same key, and nobody else does', async () => {
  const token = await api.token('orders');
  const self = { token, service: 'orders', version: 'v1', instance: 'orders-lost' };
  const request = await newRequest();
  const { grant: lost } = await join(api.port, self, request);
  const { grant } = await join(api.port, self, request);
  expect(grant.serial).not.toBe(lost.serial);
  const { certificates } = await database.prisma.agent.findUniqueOrThrow({
    where: { instance: 'orders-lost' },
    include: { certificates: true },
  });
  expect(certificates.map(({ serial }) => serial).sort()).toEqual([lost.serial, grant.serial].sort());

  const used = { code: 'used_token' };
  expect(await refusal(join(api.port, self))).toMatchObject(used);
  expect(await refusal(join(api.port, { ...self, instance: 'orders-else' }, request))).toMatchObject(used);
  expect(await database.prisma.agent.count({ where: { instance: 'orders-else' } })).toBe(0);

  clock.ahead += 16 * 60_000;
  expect(await refusal(join(api.port, self, request))).toMatchObject(used);
  clock.ahead = 0;
  await database.prisma.agent.update({
    where: { instance: 'orders-lost' },
    data: { revokedAt: new Date() },
  });
  expect(await refusal(join(api.port, self, request))).toMatchObject(used);
});

test('a refused join does not use the token up', async () => {
  const token = await api.token('orders');
  expect(await refusal(joinAs('cart-1', token, 'cart'))).toMatchObject({
    code: 'invalid_token',
    message: expect.stringContaining('for the service orders, not for cart'),
  });
  const { grant } = await joinAs('orders-4', token);
  expect(grant.serial).toHaveLength(32);
});

test('an instance name belongs to its service, and to one connection at a time', async () => {
  const first = await joinAs('orders-5', await api.token('orders'));
  expect(await refusal(joinAs('orders-5', await api.token('cart'), 'cart'))).toMatchObject({
    code: 'already_exists',
    message: expect.stringContaining('one of the service orders'),
  });
  const agent = await SimulatedAgent.of(api.port, first);
  await agent.hello({ instance: 'orders-5', version: 'v1' });
  const token = await api.token('orders');
  expect(await refusal(joinAs('orders-5', token))).toMatchObject({
    message: expect.stringContaining('is connected now'),
  });
  await agent.close(1000);
  await expect
    .poll(() => [...api.fleet.membersOf('orders')].find((m) => m.instance === 'orders-5')?.connected)
    .toBe(false);
  const again = await joinAs('orders-5', token);
  expect(again.grant.serial).not.toBe(first.grant.serial);
});
