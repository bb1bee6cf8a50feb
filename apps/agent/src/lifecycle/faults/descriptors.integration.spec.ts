import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { call, startService } from '../../specs/services.ts';
import { AgentProcess, type LogLine } from '../agent-process.spec-support.ts';

const descriptors = 128;
async function startAgent(services: string) {
  const { error } = spawnSync('prlimit', ['--version']);
  if (error !== undefined) throw new Error('this needs prlimit, of util-linux', { cause: error });
  const folder = mkdtempSync(join(tmpdir(), 'tulle-descriptors-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'mesh.yaml');
  writeFileSync(
    config,
    `self: { service: caller }\nlisten: { outbound: 0, admin: 0 }\nservices: { ${services} }\n`,
  );
  const limit = ['prlimit', `--nofile=${descriptors}:${descriptors}`];
  const agent = new AgentProcess({ TULLE_CONFIG: config }, [], limit);
  const { ports, pid } = await agent.logged('ready');
  const { outbound, admin } = ports as { outbound: number; admin: number };
  return { agent, pid, port: outbound, admin };
}

/** Connections that say nothing of themselves. */
class Crowd {
  readonly sockets: Socket[] = [];
  closed = 0;
  answers = '';

  constructor(port: number, count: number) {
    for (let index = 0; index < count; index++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.closed++);
      socket.on('data', (bytes) => {
        this.answers += bytes.toString('latin1');
      });
      this.sockets.push(socket);
    }
    onTestFinished(() => this.leave());
  }

  leave(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}

/** The value of the first line that begins so. */
async function metric(admin: number, name: string): Promise<number> {
  const { body } = await call(admin, { host: 'localhost', path: '/metrics', agent: new Agent() });
  const line = body.split('\n').find((line) => line.startsWith(name));
  if (line === undefined) throw new Error(`there is no ${name}`);
  return Number(line.split(' ').at(-1));
}

/** Of a request on a connection of its own; 0 when that is closed. */
async function statusOf(port: number): Promise<number> {
  const answer = await call(port, { agent: new Agent() }).catch(() => undefined);
  return answer?.status ?? 0;
}

/** Of user and system, in hundredths of a second (proc(5), fields 14 and 15). */
function cpuTicks(pid: number): number {
  const [, , ...fields] = (readFileSync(`/proc/${pid}/stat`, 'utf8').split(')')[1] ?? '').split(' ');
  return Number(fields[10]) + Number(fields[11]);
}

/** Of one core, in the second that follows. */
async function cpuShare(pid: number): Promise<number> {
  const [ticks, since] = [cpuTicks(pid), performance.now()];
  await once(AbortSignal.timeout(1_000), 'abort');
  return ((cpuTicks(pid) - ticks) * 10) / (performance.now() - since);
}

const refusals = 'tulle_connections_refused_total{reason="descriptors"}';
const isRefusal = ({ msg }: LogLine) => msg === 'connections of callers are refused';

test.skipIf(process.platform !== 'linux')(
  'more callers than descriptors: some are refused, backends are called, and nobody waits afterwards',
  async () => {
    const service = await startService((_request, response) => response.end('ok'));
    const { agent, pid, port, admin } = await startAgent(`web: { endpoints: [{ address: ${service} }] }`);
    const callers = 400;
    const crowd = new Crowd(port, callers);
    await expect.poll(() => crowd.closed).toBeGreaterThan(callers - descriptors);
    // Whoever came in time is served, though no other caller is let in.
    const open = crowd.sockets.find((socket) => !socket.destroyed) as Socket;
    open.write('GET / HTTP/1.1\r\nhost: web\r\n\r\n');
    await expect.poll(() => crowd.answers).toContain('200 OK');
    await expect.poll(async () => (await metric(admin, refusals)) - crowd.closed).toBe(0);

    await expect.poll(() => cpuShare(pid)).toBeLessThan(0.5);

    const latecomers = new Crowd(port, 50);
    await expect.poll(() => latecomers.closed).toBe(50);
    const said = agent.log().filter(isRefusal);
    const seconds = (Date.now() - Number(said[0]?.time)) / 1_000;
    expect(said.length).toBeGreaterThan(0);
    expect(said.length).toBeLessThanOrEqual(1 + Math.ceil(seconds));

    crowd.leave();
    latecomers.leave();
    await expect.poll(() => statusOf(port)).toBe(200);
    expect(agent.child.exitCode).toBe(null);
  },
);

test.skipIf(process.platform !== 'linux')(
  'a backend that cannot be called for want of descriptors is not blamed, and is called once there are some',
  async () => {
    const held: ServerResponse[] = [];
    const service = await startService((request, response) => {
      if (request.url === '/held') held.push(response);
      else response.end('ok');
    });
    const web = `web: { endpoints: [{ address: ${service} }], connections: { max: 1000 }, retries: { attempts: 0 } }`;
    const { agent, port, admin } = await startAgent(web);
    const crowd = new Crowd(port, 100);
    await expect.poll(() => crowd.closed).toBeGreaterThan(0);
    // More than those kept for backends.
    for (const socket of crowd.sockets) socket.write('GET /held HTTP/1.1\r\nhost: web\r\n\r\n');
    await expect.poll(() => crowd.answers).toContain('x-tulle-error: overloaded');
    await expect.poll(() => crowd.answers).toContain('EMFILE');
    expect(crowd.answers).not.toContain('connect_failed');
    // The admin port needs a descriptor as well.
    for (const socket of crowd.sockets.splice(0, 20)) socket.destroy();
    const failed = 'tulle_endpoint_failed_connects_total{service="web"';
    const failedConnects = () => metric(admin, failed).catch(() => 'no answer');
    await expect.poll(failedConnects).toBe(0);
    for (const response of held) response.end('late');
    await expect.poll(() => statusOf(port)).toBe(200);
    expect(agent.child.exitCode).toBe(null);
  },
);
