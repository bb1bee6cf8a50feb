import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { call, startService } from '../specs/services.ts';
import { AgentProcess } from './agent-process.spec-support.ts';

const megabyte = 1 << 20;
const limitBytes = 150 * megabyte;
/** Without the guard they take some 110 MB. */
const callers = 6_000;

function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4_096;
}

async function startAgent(service: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tulle-memory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'mesh.yaml');
  const web = `{ endpoints: [{ address: ${service} }], connections: { max: 10000, maxPending: 10000 } }`;
  writeFileSync(config, `self: { service: caller }\nlisten: { outbound: 0 }\nservices: { web: ${web} }\n`);
  const flags = ['--expose-gc', '--max-old-space-size=80'];
  const agent = new AgentProcess({ TULLE_CONFIG: config, TULLE_MEMORY_LIMIT: String(limitBytes) }, flags);
  const { ports, pid } = await agent.logged('ready');
  return { agent, pid, port: (ports as { outbound: number }).outbound };
}

test('callers that do not read what they asked for do not end the agent, and others are served after them', async () => {
  const body = Buffer.alloc(megabyte);
  const service = await startService((request, response) => response.end(request.url === '/' ? 'ok' : body));
  const { agent, pid, port } = await startAgent(service);
  const flood: Socket[] = [];
  let most = 0;
  for (let index = 0; index < callers; index++) {
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.on('error', () => socket.destroy());
    socket.write('GET /large HTTP/1.1\r\nhost: web\r\n\r\n');
    flood.push(socket);
    if (index % 100 === 0) await nextTurn();
    most = Math.max(most, residentBytes(pid));
  }
  for (let count = 0; count < 30; count++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    most = Math.max(most, residentBytes(pid));
  }
  // What comes in one turn of the loop is taken before anybody looks.
  expect(most / megabyte).toBeLessThan((1.05 * limitBytes) / megabyte);
  await agent.logged('memory pressure');
  for (const socket of flood) socket.destroy();
  let status = 0;
  while (status !== 200)
    status = await call(port).then(
      (answer) => answer.status,
      () => 0,
    );
  expect(agent.child.exitCode).toBe(null);
});
