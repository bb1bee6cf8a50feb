import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ada, fakeFleet, startReplica, type TestReplica } from '../changes/test-mesh.ts';
import { createResources } from './resources.ts';
import type { Resources } from './view.ts';

const yaml = `# the shop
kind: Service
name: orders
owner: Payments <script>
---
kind: TrafficSplit
service: orders
weights:
  - {version: v1, weight: 90}
  - {version: v2, weight: 10}
`;

describe('resources', () => {
  let database: Database;
  let replica: TestReplica;
  let resources: Resources;
  beforeAll(async () => {
    database = await testDatabase();
    replica = await startReplica(database, fakeFleet({ orders: ['v1', 'v2'] }));
    resources = createResources(replica);
  });
  afterAll(async () => {
    await replica.stop();
    await database.close();
  });

  const apply = (text: string, more: { dryRun?: boolean; baseRevision?: number } = {}) =>
    resources.apply(ada, { yaml: text, reason: '', dryRun: false, ...more });

  it('say in a dry run what would change, and change it when applied', async () => {
    const dry = await apply(yaml, { dryRun: true });
    expect(dry).toMatchObject({ revision: 0, changed: true });
    expect(dry.entries.map(({ kind, action }) => `${action} ${kind}`)).toEqual([
      'create Service',
      'create TrafficSplit',
    ]);
    expect((await resources.list({})).resources).toEqual([]);
    expect(await apply(yaml)).toMatchObject({ revision: 1, changed: true, agents: 3 });
    expect(await apply(yaml)).toMatchObject({ revision: 1, changed: false, entries: [] });
  });

  it('come out as the YAML that apply takes in', async () => {
    const listed = await resources.list({});
    expect(listed.resources).toMatchObject([
      { kind: 'Service', name: 'orders', owner: 'Payments <script>' },
      { kind: 'TrafficSplit', service: 'orders' },
    ]);
    expect(await apply(listed.yaml)).toMatchObject({ changed: false });
    expect((await resources.list({ kind: 'TrafficSplit' })).resources).toHaveLength(1);
    expect(await resources.list({ service: 'nowhere' })).toMatchObject({ resources: [], yaml: '' });
  });

  it('are applied all or not at all, with the line of what is wrong between them', async () => {
    const text = `${yaml.replace('90', '50').replace('weight: 10', 'weight: 50')}---\nkind: TrafficSplit\nservice: cart\nweights:\n  - {version: v1, weight: 100}\n`;
    await expect(apply(text)).rejects.toMatchObject({
      code: 'unknown_service',
      message:
        'Document 3 (TrafficSplit/cart), line 13, service: The mesh has no service cart; declare it first, or start an instance of it. (and 1 more)',
    });
    await expect(apply(yaml.replace('v2', 'v7'))).rejects.toThrow(
      'Document 2 (TrafficSplit/orders), line 10, weights.1.version: orders has no version v7; known are v1, v2.',
    );
    expect(replica.configStore.revision()).toBe(1);
  });

  it('are deleted by name, not while others need them', async () => {
    const remove = (kind: 'Service' | 'TrafficSplit') =>
      resources.delete(ada, { kind, service: 'orders', reason: 'gone' });
    await expect(remove('Service')).rejects.toMatchObject({ code: 'in_use' });
    expect(await remove('TrafficSplit')).toMatchObject({ revision: 2, changed: true });
    await expect(remove('TrafficSplit')).rejects.toMatchObject({
      code: 'unknown_resource',
      message: 'There is no TrafficSplit/orders.',
    });
    expect(await remove('Service')).toMatchObject({ revision: 3, changed: true });
  });
});
