import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createTestMesh, type TestMesh, until } from './mesh.ts';

let mesh: TestMesh;
afterEach(() => mesh.close());

async function onEveryAgent({ revision, agents }: { revision: number; agents: number }): Promise<void> {
  // The agent of the service and that of its caller.
  expect(agents).toBe(2);
  await until(`revision ${revision} is on every agent`, async () => {
    const { acks } = await mesh.api().changes.get.query({ revision });
    expect(acks.rejected).toEqual([]);
    return acks.agents > 0 && acks.acked === acks.agents;
  });
}

test('a default to deny refuses who has no rule to name it; a rule lets it in; a revert brings back what was', async () => {
  mesh = await createTestMesh();
  await mesh.startServer();
  await mesh.echo('orders', 'v1');
  const caller = await mesh.run({
    service: 'caller',
    upstreams: ['orders'],
    env: { TARGET: 'orders' },
    command: [process.execPath, path.join(import.meta.dirname, 'calling-process.ts')],
  });
  const call = async () => (await fetch(`http://127.0.0.1:${caller.port}`)).text();
  await until('the first call is answered', async () => (await call().catch(() => '')) === '200', caller);
  const { access, changes } = mesh.api();
  const set = async (service: string, allow: string[]) => {
    const { revision } = await access.get.query({ service, windowMs: 60_000 });
    return access.update.mutate({ service, baseRevision: revision, allow, reason: '' });
  };

  const closed = await set('*', []);
  await onEveryAgent(closed);
  expect(await call()).toBe('403 access_denied');

  const opened = await set('orders', ['caller']);
  await onEveryAgent(opened);
  expect(await call()).toBe('200');

  await onEveryAgent(await changes.revert.mutate({ revision: opened.revision }));
  expect(await call()).toBe('403 access_denied');
  await onEveryAgent(await changes.revert.mutate({ revision: closed.revision }));
  expect(await call()).toBe('200');
});
