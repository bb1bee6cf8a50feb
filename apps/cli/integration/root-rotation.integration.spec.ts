import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { readChecksummed } from '@tulle/agent/config-store/checksummed-file';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createTestMesh, type Started, type TestMesh, until } from './mesh.ts';

let mesh: TestMesh;
/** Behind all agents, so that none of them is restarted with it. */
const service = createServer((_request, response) => response.end('ok'));
beforeEach(async () => {
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
});
afterEach(async () => {
  await mesh.close();
  service.close();
});

const credentialsSchema = z.object({ keyPem: z.string(), certificateChainPem: z.string() });
type Credentials = z.infer<typeof credentialsSchema>;
type Agent = Awaited<ReturnType<TestMesh['run']>>;

const agent = (options: {
  service: string;
  instance: string;
  dataDir?: string;
  env?: Record<string, string>;
}) => mesh.run({ ...options, port: (service.address() as AddressInfo).port });

const rotation = async () => (await mesh.api().rootRotation.get.query()).rotation;

/** Until this many agents are known, and all of them have done what the phase asks. */
async function allConfirmed(agents: number, server: Started): Promise<void> {
  let last: unknown;
  await until(
    `${agents} agents have confirmed`,
    async () => {
      const seen = await rotation();
      last = seen?.holdouts;
      return seen?.agents === agents && seen.confirmed === agents;
    },
    server,
  ).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(last)}`);
  });
}

async function connected(count: number): Promise<void> {
  await until(`${count} agents are connected`, async () => {
    const { agents } = await mesh.api().agents.list.query();
    return agents.filter((agent) => agent.connected).length === count;
  });
}

function credentialsOf({ dataDir }: Agent): Credentials {
  const file = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('identity.json'),
  );
  const read = readChecksummed(path.join(dataDir, file ?? 'identity.json'));
  return credentialsSchema.parse(read.state === 'read' ? read.value : undefined);
}

/** Whether somebody with this certificate is answered at a port; nobody is asked for theirs. */
function isAnswered(address: string, { keyPem, certificateChainPem }: Credentials, head: string) {
  const [host = '', port = ''] = address.split(':');
  return new Promise<boolean>((resolve) => {
    const socket = tls.connect({
      ...{ host, port: Number(port), key: keyPem, cert: certificateChainPem },
      ...{ rejectUnauthorized: false, minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] },
    });
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(/^HTTP\/1\.1 (101|200)/.test(text)));
    socket.write(head);
  });
}

const request = 'GET / HTTP/1.1\r\nhost: orders\r\n\r\n';
const upgrade = [
  ...['GET /trpc HTTP/1.1', 'host: api', 'connection: Upgrade', 'upgrade: websocket'],
  ...['sec-websocket-version: 13', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==', '', ''],
].join('\r\n');

// Nine processes, one after the other on a busy machine.
test('a rotation under load fails no request, whoever is restarted, killed or joins meanwhile', {
  timeout: 600_000,
}, async () => {
  mesh = await createTestMesh();
  let server = await mesh.startServer();
  const tokens = await Promise.all(
    Array.from({ length: 2 }, () => mesh.api().joinTokens.create.mutate({ service: 'orders' })),
  );
  const joinWith = (index: number) =>
    agent({
      service: 'orders',
      instance: `joined-${index}`,
      env: { TULLE_TOKEN: tokens[index]?.token ?? '' },
    });
  const [one, idle] = await Promise.all([
    agent({ service: 'orders', instance: 'orders-one' }),
    agent({ service: 'idle', instance: 'idle-one' }),
    agent({ service: 'orders', instance: 'orders-two' }),
  ]);
  await connected(3);
  const load = await mesh.load('orders', { RATE: '200', CONCURRENCY: '8' });
  await connected(4);
  const before = credentialsOf(load);
  const first = (await mesh.api().rootRotation.get.query()).root.fingerprint;

  // Distributing: one is away and holds it up, one joins with a token from before.
  await idle.stop('SIGKILL');
  await until('it is missed', async () => {
    const { agents } = await mesh.api().agents.list.query();
    return agents.some(({ instance, connected }) => instance === 'idle-one' && !connected);
  });
  await mesh.api().rootRotation.start.mutate({ reason: 'every year' });
  await joinWith(0);
  await until('all but one have confirmed', async () => {
    const seen = await rotation();
    return seen?.agents === 5 && seen.confirmed === 4;
  });
  const step = { from: 'distributing', reason: '' } as const;
  await expect(mesh.api().rootRotation.advance.mutate(step)).rejects.toThrow('idle-one has not confirmed');
  await expect(mesh.api().rootRotation.advance.mutate({ ...step, without: ['idle-one'] })).rejects.toThrow(
    'idle-one cannot be left behind',
  );
  await agent({ service: 'idle', instance: 'idle-one', dataDir: idle.dataDir });
  await allConfirmed(5, server);

  // Re-issuing: the API is killed at once, an agent is restarted, another joins.
  await mesh.api().rootRotation.advance.mutate(step);
  await server.stop('SIGKILL');
  await one.stop('SIGTERM');
  const again = { service: 'orders', instance: 'orders-one', dataDir: one.dataDir };
  const restarted = await agent(again);
  server = await mesh.startServer();
  await joinWith(1);
  await allConfirmed(6, server);

  // Retired: those of the old root are refused, the others answered.
  const orders = (await mesh.api().agents.list.query()).agents.find(
    ({ instance }) => instance === 'orders-one',
  );
  const mesh1 = orders?.address ?? '';
  expect(await isAnswered(mesh1, before, request)).toBe(true);
  expect(await isAnswered(`127.0.0.1:${mesh.agentsPort}`, before, upgrade)).toBe(true);
  await mesh.api().rootRotation.advance.mutate({ from: 'reissuing', reason: '' });
  const after = await mesh.api().rootRotation.get.query();
  expect(after).toMatchObject({ rotation: null, last: { outcome: 'retired' } });
  expect(after.root.fingerprint).not.toBe(first);
  await until(
    'the agent trusts the old root no more',
    async () => !(await isAnswered(mesh1, before, request)),
  );
  expect(await isAnswered(mesh1, credentialsOf(load), request)).toBe(true);
  expect(await isAnswered(`127.0.0.1:${mesh.agentsPort}`, before, upgrade)).toBe(false);

  // And it goes on as it was: a restart, a join with a token of now.
  await restarted.stop('SIGTERM');
  await agent(again);
  await agent({ service: 'orders', instance: 'joined-last' });
  await connected(7);
  const counts = await load.finish();
  expect(counts.failures).toEqual({});
  expect(counts.ok).toBe(counts.sent);
});
