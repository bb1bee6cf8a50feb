import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { call, startService } from '../specs/services.ts';
import { AgentProcess } from './agent-process.spec-support.ts';
import { Load } from './load.spec-support.ts';

interface Ports {
  readonly outbound: number;
  readonly admin: number;
}

async function startAgent(service: number, variables: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tulle-drain-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'mesh.yaml');
  const services = `services: { web: { timeouts: { connectMs: 60000 }, endpoints: [{ address: ${service} }] } }`;
  writeFileSync(config, `self: { service: caller }\nlisten: { outbound: 0, admin: 0 }\n${services}\n`);
  const agent = new AgentProcess({ TULLE_CONFIG: config, ...variables });
  const { ports } = await agent.logged('ready');
  return { agent, ...(ports as Ports) };
}

const isReady = async (admin: number) =>
  (await call(admin, { host: 'localhost', path: '/readyz' })).status === 200;

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

test('under load, behind a balancer that asks for readiness, no request fails', async () => {
  const service = await startService((_request, response) => response.end('ok'));
  const [first, second] = await Promise.all([
    // Long enough for the balancer to notice, however slow it is.
    startAgent(service, { TULLE_DRAIN_DELAY_MS: '5000' }),
    startAgent(service),
  ]);
  let target = first.outbound;
  const port = () => target;
  const load = new Load()
    .http1(port, { host: 'web', connections: 8 })
    .http2(port, { host: 'web', concurrency: 8 });
  while (load.tally.answered < 200) await isReady(first.admin);
  first.agent.child.kill('SIGTERM');
  while (await isReady(first.admin)) expect(target).toBe(first.outbound);
  target = second.outbound;
  expect(await first.agent.ended).toBe(0);
  const { failures, answered, sent } = await load.stop();
  expect(failures).toEqual([]);
  expect(answered).toBe(sent);
});

test('what is in flight is answered, and its connection closed behind it', async () => {
  const received = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const service = await startService(async (_request, response) => {
    received.resolve();
    await release.promise;
    response.end('late');
  });
  const { agent, outbound } = await startAgent(service);
  const answer = call(outbound);
  await received.promise;
  agent.child.kill('SIGTERM');
  while (await accepts(outbound));
  release.resolve();
  expect(await answer).toMatchObject({ status: 200, body: 'late', headers: { connection: 'close' } });
  expect(await agent.ended).toBe(0);
});

test('what takes longer than the drain timeout is cut off', async () => {
  const received = Promise.withResolvers<void>();
  const service = await startService(() => received.resolve());
  const { agent, outbound } = await startAgent(service, { TULLE_DRAIN_TIMEOUT_MS: '50' });
  const cut = expect(call(outbound)).rejects.toThrow();
  await received.promise;
  agent.child.kill('SIGTERM');
  await cut;
  expect(await agent.ended).toBe(0);
});
