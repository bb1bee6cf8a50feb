import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { call, startService } from '../specs/services.ts';
import { AgentProcess } from './agent-process.spec-support.ts';
import { PRESSURE } from './memory-guard.ts';

const megabyte = 1 << 20;
const callers = 500;
/** Each is kept for another try as long as the service, which never does, has not answered. */
const body = Buffer.alloc(megabyte);
/** What is left to traffic by the limit: about a ninth of what all callers together would have the agent hold. */
const headroomBytes = 56 * megabyte;
/** A look is taken at every few megabytes; what is let go is collected later. All that came would be 500. */
const mostMegabytes = 250;

/** A line of /proc/<pid>/status, in bytes. */
function memory(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${line}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
}

function configFor(service: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'tulle-memory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'mesh.yaml');
  const web = {
    endpoints: [{ address: service }],
    connections: { max: 10_000, maxPending: 10_000 },
    retries: { maxBodyBytes: megabyte },
    timeouts: { requestMs: 0 },
  };
  writeFileSync(
    config,
    JSON.stringify({ self: { service: 'caller' }, listen: { outbound: 0 }, services: { web } }),
  );
  return config;
}

async function startAgent(config: string, limitBytes: number) {
  const flags = ['--expose-gc', '--max-old-space-size=80'];
  const agent = new AgentProcess({ TULLE_CONFIG: config, TULLE_MEMORY_LIMIT: String(limitBytes) }, flags);
  const { ports, pid } = await agent.logged('ready');
  return { agent, pid, port: (ports as { outbound: number }).outbound };
}

/** What an agent takes on this machine before anybody calls. */
async function idleBytes(config: string): Promise<number> {
  const { agent, pid } = await startAgent(config, 0);
  const bytes = memory(pid, 'VmRSS');
  agent.child.kill('SIGTERM');
  await agent.ended;
  return bytes;
}

/** Resolves when the agent has passed the whole of it on (`arrived`), answered, or closed the connection. */
function sendLarge(
  port: number,
  path: string,
  arrived: EventEmitter,
): Socket & { readonly over: Promise<void> } {
  const socket = connect(port, '127.0.0.1');
  const over = new Promise<void>((resolve) => {
    for (const event of ['data', 'error', 'close']) socket.on(event, () => resolve());
    arrived.once(path, resolve);
  });
  socket.write(`PUT ${path} HTTP/1.1\r\nhost: web\r\ncontent-length: ${body.length}\r\n\r\n`);
  socket.write(body);
  return Object.assign(socket, { over });
}

async function pressureOf(agent: AgentProcess, level: number): Promise<void> {
  for (let count = 1; ; count++) {
    const { to } = await agent.logged('memory pressure', count);
    if (Number(to) >= level) return;
  }
}

test('callers that ask for more than there is room for do not end the agent, and others are served after them', async () => {
  const arrived = new EventEmitter().setMaxListeners(callers);
  const service = await startService((request, response) => {
    if (request.url === '/') response.end('ok');
    else request.resume().once('end', () => arrived.emit(request.url ?? ''));
  });
  const config = configFor(service);
  const idle = await idleBytes(config);
  const { agent, pid, port } = await startAgent(config, idle + headroomBytes);
  const flood = Array.from({ length: callers }, (_, index) => sendLarge(port, `/${index}`, arrived));
  await Promise.all(flood.map(({ over }) => over));
  await pressureOf(agent, PRESSURE.sheddingNormal);
  for (const socket of flood) socket.destroy();
  let status = 0;
  while (status !== 200)
    status = await call(port).then(
      (answer) => answer.status,
      () => 0,
    );
  expect((memory(pid, 'VmHWM') - idle) / megabyte).toBeLessThan(mostMegabytes);
  expect(agent.child.exitCode).toBe(null);
});
