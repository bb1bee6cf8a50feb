/**
 * What connections without a request cost an agent: each sends one request through its outbound port and then stays.
 *
 *   npm run build && node bench/idle-connections.ts [connections]
 *
 * Fails when 10,000 take the agent above 250 MB. Node raises its limit of open files to the hard one by itself.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const connections = Number(process.argv[2] ?? 10_000);
const boundMegabytes = 250;
const settleMs = 4_000;
const atOnce = 100;
/** Beside the connections: the agent's own to the service, listeners, files. */
const spareFiles = 500;
const program = new URL('../apps/cli/bin/tulle.mjs', import.meta.url).pathname;

const openFiles = execFileSync('/bin/sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
if (Number(openFiles) < connections + spareFiles) {
  console.error(
    `${connections} connections need ulimit -Hn ${connections + spareFiles}; it is ${openFiles}.`,
  );
  process.exit(1);
}

/** Answers every chunk, which here is one request. */
async function startService(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function startAgent(servicePort: number): Promise<{ agent: ChildProcess; port: number }> {
  const file = join(mkdtempSync(join(tmpdir(), 'tulle-idle-')), 'mesh.yaml');
  writeFileSync(
    file,
    `self: { service: caller }
listen: { outbound: 0 }
limits: { maxConnections: ${connections + spareFiles}, callerIdleTimeoutMs: 600000 }
services: { orders: { endpoints: [{ address: "127.0.0.1:${servicePort}" }] } }
`,
  );
  const agent = spawn(process.execPath, [program, 'agent', '--config', file], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  for await (const line of createInterface({ input: agent.stderr })) {
    const port = /"outbound":(\d+)/.exec(line)?.[1];
    if (port !== undefined) return { agent, port: Number(port) };
    console.error(line);
  }
  throw new Error('the agent ended');
}

async function callOnce(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET http://orders/ HTTP/1.1\r\nHost: orders\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n');
  const [answer] = await once(socket, 'data');
  if (!String(answer).startsWith('HTTP/1.1 200 ')) throw new Error(String(answer));
  return socket;
}

function residentBytes(pid: number | undefined): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) * 1_024;
}

const { agent, port } = await startAgent(await startService());
const sockets = [await callOnce(port)];
await wait(settleMs);
const before = residentBytes(agent.pid);
while (sockets.length < connections) {
  const missing = Math.min(atOnce, connections - sockets.length);
  sockets.push(...(await Promise.all(Array.from({ length: missing }, () => callOnce(port)))));
}
await wait(settleMs);
const after = residentBytes(agent.pid);
const open = sockets.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length;
console.table({
  'tulle agent --config': {
    connections: open,
    'MB before': (before / 1e6).toFixed(1),
    'MB after': (after / 1e6).toFixed(1),
    'kB a connection': ((after - before) / 1e3 / open).toFixed(1),
  },
});
agent.kill('SIGKILL');
process.exit(open === connections && after <= boundMegabytes * 1e6 ? 0 : 1);
