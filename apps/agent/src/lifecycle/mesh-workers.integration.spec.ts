import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { call } from '../specs/services.ts';
import { temporaryFolder } from '../specs/temporary-folder.ts';
import { AgentProcess } from './agent-process.spec-support.ts';
import { startApiAndService } from './api-and-service.spec-support.ts';
import { Load } from './load.spec-support.ts';
import { isAlive } from './process-identity.ts';

async function startAgent(variables: Record<string, string> = {}, execArgv: readonly string[] = []) {
  const { api, variables: usual } = await startApiAndService();
  const agent = new AgentProcess({ ...usual, TULLE_WORKERS: '2', ...variables }, execArgv);
  const { ports } = await agent.logged('listening');
  await agent.logged('ready');
  return { agent, api, ports: ports as { outbound: number; admin: number } };
}

const workers = (agent: AgentProcess) => agent.log().filter(({ msg }) => msg === 'worker is ready');

/** The sum of what the page of the whole agent says of the rules. */
async function requestsByRule(admin: number): Promise<number> {
  const { body } = await call(admin, { host: 'localhost', path: '/metrics' });
  const samples = body.matchAll(/^tulle_route_requests_total\{.*service="orders".*\} (\d+)$/gm);
  return [...samples].reduce((sum, [, count]) => sum + Number(count), 0);
}

test('workers carry what one agent reports and shows: one session, one epoch, every request once, also of those that ended', async () => {
  const { agent, api, ports } = await startAgent();
  // Nobody declared this service: a worker asks for it, and all are told.
  const load = new Load()
    .http1(ports.outbound, { host: 'orders', connections: 8 })
    .http2(ports.outbound, { host: 'orders', concurrency: 8 });
  agent.child.kill('SIGUSR1');
  await agent.logged('all workers are replaced');
  const { failures, answered } = await load.stop();
  expect(failures).toEqual([]);
  while (api.ledger.requests() < answered) await once(api.events, 'report');
  expect(await requestsByRule(ports.admin)).toBe(answered);
  agent.child.kill('SIGTERM');
  expect(await agent.ended).toBe(0);
  expect(api.ledger.requests()).toBe(answered);
  expect(api.ledger.epochs()).toBe(1);
  expect(workers(agent)).toHaveLength(4);
  for (const { pid } of workers(agent)) expect(isAlive(pid)).toBe(false);
});

test('a worker that is killed is started again with what is in force, without the API, and others serve meanwhile', async () => {
  const { agent, api, ports } = await startAgent();
  expect((await call(ports.outbound, { host: 'orders' })).body).toBe('ok');
  await api.stop();
  for (const { pid } of workers(agent)) process.kill(pid, 'SIGKILL');
  await agent.logged('worker is ready', 4);
  expect((await call(ports.outbound, { host: 'orders' })).body).toBe('ok');
  const { body } = await call(ports.admin, { host: 'localhost', path: '/readyz' });
  expect(JSON.parse(body)).toMatchObject({ ready: true });
});

test('workers end with the agent, however it ends', async () => {
  const { agent } = await startAgent();
  agent.child.kill('SIGKILL');
  // All of them write there.
  await expect(agent.logged('what nobody says')).rejects.toThrow('nothing logs');
});

/** Loaded before a program: SIGPROF has it turn in a circle for ever. */
function hangingOnSignal(): string {
  const path = join(temporaryFolder(), 'hang.mjs');
  writeFileSync(path, `process.on('SIGPROF', () => { for (;;); });`);
  return path;
}

test('a worker that hangs is killed, and one in its place serves', async () => {
  const { agent, ports } = await startAgent({ TULLE_WORKER_TIMEOUT_MS: '3000' }, [
    '--import',
    hangingOnSignal(),
  ]);
  const { pid } = await agent.logged('worker is ready');
  process.kill(pid, 'SIGPROF');
  await agent.logged('a worker does not answer any more and is killed');
  await agent.logged('worker is ready', 3);
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect((await call(ports.outbound, { host: 'orders' })).body).toBe('ok');
  const { body } = await call(ports.admin, { host: 'localhost', path: '/metrics' });
  expect(body).toMatch(/^tulle_worker_failures_total\{reason="hung"\} [1-9]/m);
});

test('a worker that hangs does not keep the agent from stopping', async () => {
  const { agent } = await startAgent({ TULLE_DRAIN_TIMEOUT_MS: '100' });
  process.kill(workers(agent)[0]?.pid ?? 0, 'SIGSTOP');
  agent.child.kill('SIGTERM');
  expect(await agent.ended).toBe(0);
  for (const { pid } of workers(agent)) expect(isAlive(pid)).toBe(false);
});
