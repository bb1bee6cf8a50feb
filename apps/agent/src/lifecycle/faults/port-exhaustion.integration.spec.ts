import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { AgentProcess } from '../agent-process.spec-support.ts';
import type { NetworkRequest, Outcomes } from './port-exhaustion.spec-program.ts';

const program = fileURLToPath(new URL('./port-exhaustion.spec-program.ts', import.meta.url));
/** In a network of their own all ports are free. */
const ports = { outbound: 8_001, admin: 8_002, few: 9_001, other: 9_002 };
const localPorts = 10;

/** A network can be made by root alone, and not in every container. */
const mayMakeNetwork =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status === 0;

const enter = [
  'ip link set lo up',
  `echo "40001 ${40_000 + localPorts}" > /proc/sys/net/ipv4/ip_local_port_range`,
  'exec "$@"',
].join(' && ');

async function startAgent() {
  const folder = mkdtempSync(join(tmpdir(), 'tulle-ports-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'mesh.yaml');
  writeFileSync(
    config,
    `
self: { service: caller }
listen: { outbound: ${ports.outbound}, admin: ${ports.admin} }
services:
  few: { endpoints: [{ address: ${ports.few} }], timeouts: { connectMs: 60000 }, connections: { max: 1000 }, retries: { attempts: 0 } }
  pair: { endpoints: [{ address: ${ports.few} }, { address: ${ports.other} }], timeouts: { connectMs: 60000 }, connections: { max: 1000 } }
`,
  );
  const agent = new AgentProcess({ TULLE_CONFIG: config }, [], ['unshare', '-n', 'sh', '-c', enter, 'sh']);
  const { pid } = await agent.logged('ready');
  return { agent, pid };
}

/** Callers and services in the network of process `pid`. */
async function enterNetwork(pid: number) {
  const args = ['-t', String(pid), '-n', process.execPath, program, ...Object.values(ports).map(String)];
  const child = spawn('nsenter', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message');
  const ask = async (request: NetworkRequest) => {
    child.send(request);
    const [answer] = await once(child, 'message');
    return answer;
  };
  return {
    call: (host: string, count: number): Promise<Outcomes> => ask({ type: 'call', host, path: '/', count }),
    hold: (host: string, count: number): Promise<Outcomes> => ask({ type: 'hold', host, count }),
    release: (): Promise<number> => ask({ type: 'release' }),
    metric: async (start: string): Promise<number> => {
      const page: string = await ask({ type: 'metrics' });
      const lines = page.split('\n').filter((line) => line.startsWith(start));
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
  };
}

test.skipIf(!mayMakeNetwork)(
  'no local port is left towards a backend: it says so, is left out for a while, and is called again once there are some',
  async () => {
    const { agent, pid } = await startAgent();
    const network = await enterNetwork(pid);
    expect((await network.call('few', 1)).statuses).toEqual({ 200: 1 });

    const refused = await network.hold('few', 40);
    expect(refused.codes).toEqual(['connect_failed']);
    expect(refused.bodies.join()).toContain('EADDRNOTAVAIL');
    // Another address needs other ports: the same local ones will do.
    const elsewhere = await network.call('pair', 200);
    expect(elsewhere).toEqual({ statuses: { 200: 200 }, codes: [], bodies: [String(ports.other)] });
    const failed = await network.metric('tulle_endpoint_failed_connects_total{service="pair"');
    expect(failed).toBeGreaterThan(0);
    // Left out, longer each time: not asked for by each of 200 requests.
    expect(failed).toBeLessThan(20);

    expect(await network.release()).toBeGreaterThan(0);
    await expect.poll(async () => (await network.call('few', 1)).statuses).toEqual({ 200: 1 });
    const answerers = async () => (await network.call('pair', 20)).bodies.sort();
    await expect.poll(answerers).toEqual([String(ports.few), String(ports.other)]);
    expect(agent.child.exitCode).toBe(null);
  },
);
