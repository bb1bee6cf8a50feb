import { X509Certificate } from 'node:crypto';
import { certificateGrantSchema, closeCodes } from '@tulle/mesh/agent-protocol';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  join,
  newRequest,
  SimulatedAgent,
  type SimulatedIdentity,
} from '../agent-listener/simulated-agent.ts';
import { ada, type ControlPlane, startControlPlane } from '../agent-listener/test-control-plane.ts';
import { fingerprintOf } from '../identity/x509.ts';

let database: Database;
const planes: ControlPlane[] = [];
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  for (const plane of planes.splice(0)) await plane.stop();
  await database.close();
});

async function start(): Promise<ControlPlane> {
  const telemetry = { report: async (_agent: unknown, { seq }: { seq: number }) => ({ seq, durable: true }) };
  const plane = await startControlPlane({ database, telemetry });
  planes.push(plane);
  return plane;
}

/** An agent that does what it is told when it is told to. */
class ObedientAgent {
  identity: SimulatedIdentity;
  readonly connection: SimulatedAgent;
  #seq = 0;

  static async join(plane: ControlPlane, instance: string): Promise<ObedientAgent> {
    const self = { service: 'orders', version: 'v1', instance };
    const identity = await join(plane.port, { ...self, token: await plane.token('orders') });
    const connection = await SimulatedAgent.of(plane.port, identity);
    await connection.hello(self);
    const agent = new ObedientAgent(identity, connection);
    connection.follow({ services: [], held: {} }, ({ resources }) => agent.#take(resources));
    return agent;
  }

  private constructor(identity: SimulatedIdentity, connection: SimulatedAgent) {
    this.identity = identity;
    this.connection = connection;
  }

  get roots(): string[] {
    const texts = this.identity.grant.trustBundlePem.split(/(?<=-----END CERTIFICATE-----\n)/);
    return texts.filter((text) => text.includes('BEGIN')).map(fingerprintOf);
  }

  async renew(): Promise<void> {
    const { keyPem, csrPem } = await newRequest();
    const grant = certificateGrantSchema.parse(await this.connection.call('renew', { csrPem }));
    this.identity = { keyPem, grant };
  }

  async report(): Promise<void> {
    const trust = { serial: this.identity.grant.serial, roots: this.roots };
    const about = { epoch: 'epoch-of-it', seq: ++this.#seq, at: Date.now(), series: [] };
    await this.connection.call('report', { ...about, trust });
  }

  /** Until it has been told of so many roots. */
  async trusts(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.roots).toHaveLength(count), { timeout: 30_000 });
  }

  #take(resources: readonly { name: string; text: string }[]): void {
    const mesh = resources.find(({ name }) => name === 'mesh');
    if (mesh === undefined) return;
    const { trustBundlePem } = JSON.parse(mesh.text) as { trustBundlePem: string };
    this.identity = { ...this.identity, grant: { ...this.identity.grant, trustBundlePem } };
  }
}

const reason = '';
const step = (from: 'distributing' | 'reissuing' | 'returning') => ({ from, without: [], reason });

test('given up before the new root has signed, nothing is left of it but the record', async () => {
  const { rootRotation, identity, token } = await start();
  const root = identity.rootFingerprint;
  const begun = await rootRotation.start(ada, { reason: 'a drill' });
  expect(begun.rotation).toMatchObject({ phase: 'distributing', agents: 0, confirmed: 0, next: 'reissuing' });
  expect(identity.trustBundlePem.match(/BEGIN/g)).toHaveLength(2);
  await expect(rootRotation.start(ada, { reason })).rejects.toThrow('rotated already');
  await expect(rootRotation.abort(ada, step('reissuing'))).rejects.toThrow('distributing by now');

  const { rotation, last } = await rootRotation.abort(ada, step('distributing'));
  expect(rotation).toBeNull();
  expect(last).toMatchObject({
    outcome: 'aborted',
    acts: [{ by: 'Ada', reason: 'a drill' }, { act: 'abort' }],
  });
  expect(identity.rootFingerprint).toBe(root);
  expect(await token('orders')).toContain(root);
  const kept = await database.prisma.certificateAuthority.findMany({ where: { retiredAt: { not: null } } });
  expect(kept.map(({ kind, encryptedKey }) => [kind, encryptedKey.length])).toEqual([['root', 0]]);
  await expect(rootRotation.advance(ada, step('distributing'))).rejects.toThrow('not being rotated');
});

test('given up after it has signed, the old root signs again, and ends it when nobody shows the new one', async () => {
  const plane = await start();
  const { rootRotation, port } = plane;
  const agent = await ObedientAgent.join(plane, 'orders-1');
  await rootRotation.start(ada, { reason });
  await agent.trusts(2);
  await expect(rootRotation.advance(ada, step('distributing'))).rejects.toThrow('orders-1 has not confirmed');
  await agent.report();
  await rootRotation.advance(ada, step('distributing'));
  await expect(rootRotation.advance(ada, step('reissuing'))).rejects.toThrow('of the new one: orders-1');
  await agent.renew();
  await agent.report();
  const ofNewRoot = agent.identity;
  expect((await rootRotation.get()).rotation).toMatchObject({ next: 'retired', agents: 1, confirmed: 1 });

  expect((await rootRotation.abort(ada, step('reissuing'))).rotation).toMatchObject({ phase: 'returning' });
  await expect(rootRotation.advance(ada, step('returning'))).rejects.toThrow('orders-1');
  await agent.connection.close(closeCodes.goodbye);
  const left = () => database.prisma.agent.count({ where: { leftAt: { not: null } } });
  await vi.waitFor(async () => expect(await left()).toBe(1), { timeout: 30_000 });
  await (await SimulatedAgent.of(port, ofNewRoot)).terminate();
  const back = await ObedientAgent.join(plane, 'orders-2');
  await back.report();
  await rootRotation.advance(ada, step('returning'));
  await back.trusts(1);
  await expect(SimulatedAgent.of(port, ofNewRoot)).rejects.toThrow('a root that was retired');
});

test('an agent that knows the old root alone believes the API and its peers while the new one signs', async () => {
  const plane = await start();
  const { rootRotation, identity, port } = plane;
  const self = { service: 'orders', version: 'v1', instance: 'orders-1' };
  const early = await join(port, { ...self, token: await plane.token('orders') });
  const token = await plane.token('orders');
  // As if it had been away for long.
  const longAgo = new Date(Date.now() - 600_000);
  await database.prisma.agent.updateMany({ data: { lastSeenAt: longAgo } });
  await plane.fleet.refresh(
    [...plane.fleet.members()].map(({ id }) => id),
    { tellOthers: false },
  );
  await rootRotation.start(ada, { reason });
  await expect(rootRotation.advance(ada, step('distributing'))).rejects.toThrow('orders-1');
  await rootRotation.advance(ada, { ...step('distributing'), without: ['orders-1'] });

  await (await SimulatedAgent.of(port, early)).terminate();
  const joined = await join(port, { ...self, instance: 'orders-2', token });
  const [leaf, intermediate] = joined.grant.certificateChainPem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .map((pem) => (pem.includes('BEGIN') ? new X509Certificate(pem) : undefined));
  const newRoot = new X509Certificate(identity.exchange?.newRoot.certificate ?? '');
  expect(leaf && intermediate && leaf.verify(intermediate.publicKey)).toBe(true);
  expect(intermediate?.verify(newRoot.publicKey)).toBe(true);
});

test('whoever starts on the same database finds the phase, and another replica hears of each step', async () => {
  const first = await start();
  const other = await start();
  await first.rootRotation.start(ada, { reason });
  await vi.waitFor(() => expect(other.identity.exchange?.phase).toBe('distributing'), { timeout: 30_000 });
  await first.rootRotation.advance(ada, step('distributing'));
  await vi.waitFor(() => expect(other.identity.exchange?.phase).toBe('reissuing'), { timeout: 30_000 });
  const third = await start();
  expect(third.identity.exchange?.phase).toBe('reissuing');
  expect(third.identity.trustBundlePem).toBe(first.identity.trustBundlePem);
  expect(third.identity.authorities().map(({ serial }) => serial)).toEqual(
    first.identity.authorities().map(({ serial }) => serial),
  );
});
