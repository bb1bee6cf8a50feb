/**
 * From the commit of a change to the last ACK of the agents it concerns, and the API's CPU for it.
 *   npm run bench:control-plane -- [--agents 100] [--changes 60]
 * Agents are simulated in one other process by the real protocol over mutual TLS; every change concerns all of them.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type ControlPlane, startControlPlane } from '@tulle/api/agent-listener/test-control-plane';
import { policySchema } from '@tulle/mesh/policy';
import { openDatabase } from '@tulle/prisma/database';

const { values } = parseArgs({
  options: { agents: { type: 'string', default: '100' }, changes: { type: 'string', default: '60' } },
});
const agents = Number(values.agents);
const changes = Number(values.changes);
const warmUp = 5;
const targetP99Ms = 150;
const services = 20;
/** What every change is of: all agents call it. */
const hub = 'service-0';

const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tulle-bench-'));
const database = await openDatabase({ dataDir });
const api = await startControlPlane({ database });
const child = fork(path.join(import.meta.dirname, 'control-plane/agents.ts'), { stdio: 'inherit' });
try {
  child.send({ port: api.port, agents: await agentTasks(api) });
  await once(child, 'message');
  await until(() => api.fleet.holders(hub) === agents && api.distribution.stats().acks >= agents);
  for (let index = 0; index < warmUp; index++) await change(index);
  const before = process.cpuUsage();
  const lastAckMs: number[] = [];
  for (let index = 0; index < changes; index++) lastAckMs.push(await change(warmUp + index));
  const { user, system } = process.cpuUsage(before);
  lastAckMs.sort((a, b) => a - b);
  console.log(
    `${agents} agents, ${changes} changes, load average ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores`,
  );
  if (Number(at(lastAckMs, 0.99)) > targetP99Ms) process.exitCode = 1;
  console.log(
    `commit to last ACK: p50 ${at(lastAckMs, 0.5)} ms, p99 ${at(lastAckMs, 0.99)} ms (target ${targetP99Ms} ms)`,
  );
  console.log(`API CPU per change and agent: ${Math.round((user + system) / changes / agents)} µs`);
} finally {
  child.kill();
  await api.stop();
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function agentTasks({ token }: ControlPlane) {
  const tasks = [];
  for (let index = 0; index < agents; index++) {
    const service = `service-${index % services}`;
    const called = [1, 2, 3].map((step) => `service-${(index + step) % services}`);
    const instance = `${service}-${index}`;
    tasks.push({ token: await token(service), service, instance, services: [hub, ...called] });
  }
  return tasks;
}

/** Milliseconds from the commit to the last ACK, as the API itself writes them down. */
async function change(index: number): Promise<number> {
  const { revision } = await api.applyChange({
    author: { name: 'bench' },
    source: 'cli',
    reason: '',
    edit: () => ({
      upserts: [policySchema.parse({ kind: 'Policy', service: hub, timeouts: { requestMs: 1_000 + index } })],
    }),
  });
  let latest = 0;
  await until(async () => {
    const acks = await database.prisma.changeAck.aggregate({
      where: { revision, state: 'acked' },
      _count: true,
      _max: { latencyMs: true },
    });
    latest = acks._max.latencyMs ?? 0;
    return acks._count === agents;
  });
  return latest;
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + 30_000;
  while (!(await done())) {
    if (Date.now() > giveUpAt) throw new Error('the agents did not answer in time');
    await wait(20);
  }
}

function at(sorted: readonly number[], share: number): string {
  return (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0).toFixed(1);
}
