import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startService } from '../specs/services.ts';
import { AgentProcess } from './agent-process.spec-support.ts';
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
    `self: { service: caller }\nlisten: { outbound: 0 }\nservices: { web: { endpoints: [{ address: ${service} }] } }\n`,
  );
  const pidFile = join(path, 'agent.pid');
  const agent = new AgentProcess({ TULLE_CONFIG: config, TULLE_PID_FILE: pidFile, ...variables });
  const { ports } = await agent.logged('ready');
  return {
    agent,
    config,
    port: (ports as { outbound: number }).outbound,
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
