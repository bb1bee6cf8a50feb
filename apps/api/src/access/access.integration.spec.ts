import type { AllowList } from '@tulle/mesh/access-rule';
import { serviceSchema } from '@tulle/mesh/service';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createChanges } from '../changes/changes.ts';
import { ada, bob, fakeFleet, startReplica, type TestReplica } from '../changes/test-mesh.ts';
import { edgeOf, fakeTelemetry } from '../rollouts/test-rollouts.ts';
import { createAccess } from './access.ts';
import type { Access } from './view.ts';

const windowMs = 60_000;

let database: Database;
let replica: TestReplica;
let access: Access;
beforeAll(async () => {
  database = await testDatabase();
  const fleet = fakeFleet({ cart: ['v1'], orders: ['v1', 'v2'], shop: ['v1'], load: ['v1'] });
  replica = await startReplica(database, fleet);
  const seen = (requests: number) => ({ version: 'v1', requests, errors: 0 });
  const edges = [
    edgeOf('orders', seen(60)),
    edgeOf('orders', { ...seen(60), version: 'v2' }),
    { ...edgeOf('orders', seen(30)), source: 'ads', meshErrorCodes: { access_denied: 12 } },
    { ...edgeOf('cart', seen(6)), source: 'orders' },
    { ...edgeOf('legacy', seen(6)), source: 'orders' },
    // In plain text, from nobody knows whom.
    { ...edgeOf('orders', seen(600)), source: '', tls: false },
  ];
  const telemetry = {
    ...fakeTelemetry(() => []),
    edges: async (_span: object, { destination }: { destination?: string } = {}) =>
      edges.filter((edge) => destination === undefined || edge.destination === destination),
  };
  access = createAccess({ database, ...replica, fleet, telemetry });
  const legacy = serviceSchema.parse({
    kind: 'Service',
    name: 'legacy',
    endpoints: [{ host: '10.0.0.9', port: 80 }],
  });
  await replica.applyChange({ author: ada, source: 'cli', reason: '', edit: () => ({ upserts: [legacy] }) });
});
afterAll(async () => {
  await replica.stop();
  await database.close();
});

async function set(service: string, allow: AllowList, reason = '') {
  const { revision } = await access.get({ windowMs, service });
  return access.update(ada, { service, baseRevision: revision, allow, reason });
}
const overview = async () => {
  const { byDefault, services } = await access.list({ windowMs });
  return {
    byDefault: byDefault?.allow ?? null,
    services: Object.fromEntries(
      services.map(({ service, rule, callers }) => [
        service,
        {
          rule: rule?.allow ?? null,
          refused: callers.filter(({ isAllowed }) => !isAllowed).map(({ caller }) => caller),
        },
      ]),
    ),
  };
};

it('says who calls what, and that without any rule anybody may', async () => {
  expect(await overview()).toEqual({
    byDefault: null,
    services: {
      cart: { rule: null, refused: [] },
      legacy: { rule: null, refused: [] },
      orders: { rule: null, refused: [] },
      shop: { rule: null, refused: [] },
    },
  });
  const view = await access.get({ windowMs, service: 'orders' });
  expect(view).toMatchObject({ rule: null, byDefault: null, isEnforced: true, agents: 3, usualMs: null });
  expect(view.callers).toEqual([
    { caller: 'shop', service: 'orders', ratePerSecond: 2, refusedPerSecond: 0, isAllowed: true },
    { caller: 'ads', service: 'orders', ratePerSecond: 0.5, refusedPerSecond: 0.2, isAllowed: true },
  ]);
  expect(view.services).toEqual(['cart', 'legacy', 'load', 'orders', 'shop']);
  expect(await access.get({ windowMs, service: 'legacy' })).toMatchObject({ isEnforced: false });
  await expect(access.get({ windowMs, service: 'nowhere' })).rejects.toMatchObject({
    code: 'unknown_service',
  });
});

it('a default holds for every service without a rule of its own, and is reverted as any change', async () => {
  await set('orders', ['shop'], 'of the shop alone');
  const closed = await set('*', [], 'nobody by default');
  // Of all services but orders, which has its own; legacy and load are held by the fake agents as well.
  expect(closed).toMatchObject({ changed: true, agents: 3 });
  expect(await overview()).toEqual({
    byDefault: [],
    services: {
      cart: { rule: null, refused: ['orders'] },
      legacy: { rule: null, refused: ['orders'] },
      orders: { rule: ['shop'], refused: ['ads'] },
      shop: { rule: null, refused: [] },
    },
  });
  const view = await access.get({ windowMs, service: '*' });
  // Nobody can be refused by legacy, before which no agent stands.
  expect(view).toMatchObject({ governed: 2, isEnforced: true, byDefault: null });
  expect(view.rule).toMatchObject({ allow: [], changed: { author: 'Ada', reason: 'nobody by default' } });
  expect(view.callers.map(({ caller, service }) => [caller, service])).toEqual([['orders', 'cart']]);
  expect((await access.get({ windowMs, service: 'orders' })).byDefault?.allow).toEqual([]);

  const changes = createChanges({ database, applyChange: replica.applyChange });
  const { entries } = await changes.get({ revision: closed.revision });
  expect(entries).toMatchObject([
    { kind: 'AccessRule', service: '*', action: 'create', fields: [{ sentence: 'allow no service added' }] },
  ]);
  await changes.revert(bob, { revision: closed.revision, reason: '' });
  expect((await overview()).byDefault).toBeNull();
});

it('a rule is taken away, and nothing is done where there is none', async () => {
  await set('cart', ['orders']);
  expect(await set('cart', null)).toMatchObject({ changed: true });
  expect((await overview()).services.cart?.rule).toBeNull();
  expect(await set('cart', null)).toMatchObject({ changed: false });
});

it('an edit of what somebody else has changed meanwhile is refused with their name', async () => {
  const { revision } = await access.get({ windowMs, service: 'shop' });
  await set('shop', ['cart'], 'mine');
  const late = { service: 'shop', baseRevision: revision, allow: ['ads'], reason: '' };
  await expect(access.update(bob, late)).rejects.toMatchObject({
    code: 'stale_revision',
    message: expect.stringContaining('Ada changed AccessRule/shop'),
  });
  await set('shop', null);
});

it('a rule for a service that is not known is refused', async () => {
  const input = { service: 'nowhere', baseRevision: replica.configStore.revision(), allow: [], reason: '' };
  await expect(access.update(ada, input)).rejects.toMatchObject({ code: 'unknown_service' });
});
