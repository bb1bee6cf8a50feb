import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { call, startService } from '../specs/services.ts';
import { AgentProcess } from './agent-process.spec-support.ts';
import { startApiAndService } from './api-and-service.spec-support.ts';
import { Load } from './load.spec-support.ts';

const restarts = process.env.TULLE_LONG ? 100 : 10;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tulle-restart-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function startAgent(variables: Record<string, string> = {}) {
  const path = folder();
  const service = await startService((_request, response) => response.end('ok'));
  const config = join(path, 'mesh.yaml');
  writeFileSync(
    config,
    `self: { service: caller }\nlisten: { outbound: 0, admin: 0 }\nservices: { web: { timeouts: { connectMs: 60000 }, endpoints: [{ address: ${service} }] } }\n`,
  );
  const pidFile = join(path, 'agent.pid');
  const agent = new AgentProcess({ TULLE_CONFIG: config, TULLE_PID_FILE: pidFile, ...variables });
  const { ports } = await agent.logged('ready');
  return {
    agent,
    config,
    port: (ports as { outbound: number }).outbound,
    admin: (ports as { admin: number }).admin,
    pid: () => Number(readFileSync(pidFile, 'utf8')),
  };
}

test(`${restarts} restarts under load: no request fails, on HTTP/1.1 or HTTP/2`, async () => {
  const { agent, port, pid } = await startAgent();
  const load = new Load()
    .http1(port, { host: 'web', connections: 8 })
    .http2(port, { host: 'web', concurrency: 8 });
  const pids = new Set([pid()]);
  for (let count = 1; count <= restarts; count++) {
    process.kill(pid(), 'SIGUSR1');
    await agent.logged('a successor serves, this process finishes what it has', count);
    await agent.logged('ready', count + 1);
    pids.add(pid());
  }
  const { failures, sent, answered } = await load.stop();
  expect(failures).toEqual([]);
  expect(answered).toBe(sent);
  expect(pids.size).toBe(restarts + 1);
  expect(await agent.ended).toBe(0);
}, 600_000);

test('a successor that cannot start changes nothing, and the next try may', async () => {
  const { agent, config, port, pid } = await startAgent();
  const load = new Load().http1(port, { host: 'web', connections: 2 });
  const good = readFileSync(config, 'utf8');
  const first = pid();
  writeFileSync(config, 'nonsense');
  process.kill(first, 'SIGUSR1');
  const { reason } = await agent.logged('no successor took over, this process goes on');
  expect(reason).toBe('it ended with code 1 before it was ready');
  expect(pid()).toBe(first);
  writeFileSync(config, good);
  process.kill(first, 'SIGUSR1');
  await agent.logged('ready', 2);
  expect(pid()).not.toBe(first);
  expect((await load.stop()).failures).toEqual([]);
});

test('who asks on the admin port is told which process serves now, or why none took over', async () => {
  const { agent, admin, config, pid } = await startAgent();
  const restart = async () => {
    // A connection for each: the process that answered closes its own.
    const request = { host: 'localhost', path: '/restart', method: 'POST', agent: new Agent() };
    const { status, body } = await call(admin, request);
    return { status, ...JSON.parse(body) };
  };
  const first = await restart();
  await agent.logged('ready', 2);
  expect(first).toEqual({ status: 200, pid: pid() });
  writeFileSync(config, 'nonsense');
  expect(await restart()).toEqual({ status: 500, error: 'it ended with code 1 before it was ready' });
  expect(pid()).toBe(first.pid);
});

test('an agent of the API hands over its ports, its directory and its counters', async () => {
  const { api, dataDir, variables } = await startApiAndService();
  const agent = new AgentProcess({ ...variables, TULLE_UPSTREAMS: 'orders=0' });
  const { ports } = (await agent.logged('listening')) as { ports?: { outbound: number } } & object;
  await agent.logged('ready');
  const load = new Load().http1(ports?.outbound ?? 0, { host: 'orders', connections: 4 });
  const holder = () => Number(readFileSync(join(dataDir, 'agent.pid'), 'utf8').split(' ')[0]);
  for (let count = 2; count <= 4; count++) {
    process.kill(holder(), 'SIGUSR1');
    const { pid } = await agent.logged('ready', count);
    expect(holder()).toBe(pid);
  }
  const { failures, answered } = await load.stop();
  expect(failures).toEqual([]);
  expect(await agent.ended).toBe(0);
  while (api.ledger.requests() < answered) await once(api.events, 'report');
  expect(api.ledger.requests()).toBe(answered);
  expect(api.ledger.epochs()).toBe(4);
});

test('an agent whose lock was taken away hands over all the same', async () => {
  const { dataDir, variables } = await startApiAndService();
  const agent = new AgentProcess(variables);
  await agent.logged('ready');
  const lock = join(dataDir, 'agent.pid');
  rmSync(lock);
  agent.child.kill('SIGUSR1');
  const { pid } = await agent.logged('ready', 2);
  expect(await agent.ended).toBe(0);
  await expect.poll(() => existsSync(lock) && readFileSync(lock, 'utf8').split(' ')[0]).toBe(String(pid));
});
