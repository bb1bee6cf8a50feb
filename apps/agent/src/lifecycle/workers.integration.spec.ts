import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { call, startService } from '../specs/services.ts';
import { AgentProcess, type LogLine } from './agent-process.spec-support.ts';
import { Load } from './load.spec-support.ts';
import { isAlive } from './process-identity.ts';

async function startWorkers(variables: Record<string, string> = {}) {
  const service = await startService((_request, response) => response.end('ok'));
  const folder = mkdtempSync(join(tmpdir(), 'tulle-workers-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'mesh.yaml');
  const web = `{ timeouts: { connectMs: 60000 }, endpoints: [{ address: ${service} }] }`;
  const services = `services: { web: ${web} }`;
  writeFileSync(config, `self: { service: caller }\nlisten: { outbound: 0, admin: 0 }\n${services}\n`);
  const agent = new AgentProcess({ TULLE_CONFIG: config, TULLE_WORKERS: '2', ...variables });
  const { ports } = await agent.logged('all workers are ready');
  return { agent, port: (ports as { outbound: number }).outbound };
}

const started = (agent: AgentProcess) => agent.log().filter(({ msg }) => msg === 'ready');

const adminOf = ({ ports }: LogLine) => (ports as { admin: number }).admin;

async function metricsOf(worker: LogLine): Promise<string> {
  return (await call(adminOf(worker), { host: 'localhost', path: '/metrics' })).body;
}

async function requestsOf(worker: LogLine): Promise<number> {
  const lines = (await metricsOf(worker))
    .split('\n')
    .filter((line) => line.startsWith('tulle_requests_total{'));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('workers share the port, and each counts what it carried', async () => {
  const { agent, port } = await startWorkers();
  await agent.logged('ready', 2);
  const counted = () => Promise.all(started(agent).map(requestsOf));
  const load = new Load().http1(port, { host: 'web', connections: 8 });
  // Whoever wakes first takes all that wait: more come until each has had some.
  while (Math.min(...(await counted())) === 0) load.http1(port, { host: 'web', connections: 8 });
  const { failures, answered } = await load.stop();
  expect(failures).toEqual([]);
  const counts = await counted();
  expect(counts).toHaveLength(2);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(answered);
});

test('all are replaced under load without a failed request', async () => {
  const { agent, port } = await startWorkers();
  const load = new Load()
    .http1(port, { host: 'web', connections: 8 })
    .http2(port, { host: 'web', concurrency: 8 });
  agent.child.kill('SIGUSR1');
  await agent.logged('all workers are replaced');
  const { failures, answered, sent } = await load.stop();
  expect(failures).toEqual([]);
  expect(answered).toBe(sent);
  await agent.logged('ready', 4);
});

test('one that is killed is started again, and the others serve meanwhile', async () => {
  const { agent, port } = await startWorkers();
  process.kill(started(agent)[0]?.pid ?? 0, 'SIGKILL');
  await agent.logged('a worker ended and is started again');
  expect((await call(port)).body).toBe('ok');
  await agent.logged('ready', 3);
});

test('one that is stopped is killed, and another takes its place', async () => {
  const { agent, port } = await startWorkers({ TULLE_WORKER_TIMEOUT_MS: '3000' });
  const { pid } = await agent.logged('ready');
  process.kill(pid, 'SIGSTOP');
  await agent.logged('a worker does not answer any more and is killed');
  const next = await agent.logged('ready', 3);
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect((await call(port)).body).toBe('ok');
  expect(await metricsOf(next)).toMatch(/^tulle_worker_failures_total\{reason="hung"\} [1-9]/m);
});

test('one that is asked to restart has all of them replaced', async () => {
  const { agent } = await startWorkers();
  const asked = await agent.logged('ready', 2);
  const request = { host: 'localhost', path: '/restart', method: 'POST', agent: new Agent() };
  const { status, body } = await call(adminOf(asked), request);
  expect({ status, ...JSON.parse(body) }).toEqual({ status: 200, pid: agent.child.pid });
  await agent.logged('all workers are replaced');
});

test('SIGTERM ends all of them', async () => {
  const { agent } = await startWorkers();
  agent.child.kill('SIGTERM');
  expect(await agent.ended).toBe(0);
  for (const { pid } of started(agent)) expect(isAlive(pid)).toBe(false);
});

test('who is asked again while it replaces them leaves no process behind that nobody knows of', async () => {
  const { agent } = await startWorkers();
  agent.child.kill('SIGUSR1');
  // Meanwhile the first is heard; if it was not, both are one signal.
  for (const line of started(agent)) await requestsOf(line);
  agent.child.kill('SIGUSR1');
  await agent.logged('all workers are replaced');
  await expect.poll(() => started(agent).filter(({ pid }) => isAlive(pid)).length).toBe(2);
});
