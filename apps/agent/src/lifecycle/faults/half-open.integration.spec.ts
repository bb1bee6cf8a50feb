import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DataPlane } from '../../data-plane.ts';
import { TestAuthority } from '../../mutual-tls/test-authority.ts';
import { startOutbound, startPlane, viewOf } from '../../specs/planes.ts';
import { call, rawClient, startService } from '../../specs/services.ts';
import { AgentProcess } from '../agent-process.spec-support.ts';

const program = `
const server = require('node:http').createServer((request, response) => response.end('stopped'));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/** By itself the agent would ask whoever was quicker until then, which may be anyone. */
const loadBalancer = { algorithm: 'roundRobin' as const };

/** A service that can be stopped: the kernel goes on to accept and acknowledge, as for a host that hangs. */
async function startStoppable() {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  return { child, port: Number(String(line)) };
}

interface Outcome {
  /** The body of an answer of the service, or what the mesh says is wrong. */
  readonly what: string;
  readonly tookMs: number;
}

async function outcomeOf(port: number, method: string, host = 'web'): Promise<Outcome> {
  const since = performance.now();
  const { status, headers, body } = await call(port, { host, method, agent: new Agent() });
  const what = status === 200 ? body : String(headers['x-tulle-error']);
  return { what, tookMs: performance.now() - since };
}

const many = (count: number, port: number, method: string, host?: string) =>
  Promise.all(Array.from({ length: count }, () => outcomeOf(port, method, host)));

const kinds = (outcomes: readonly Outcome[]) => [...new Set(outcomes.map(({ what }) => what))].sort();
const slowest = (outcomes: readonly Outcome[]) => Math.max(...outcomes.map(({ tookMs }) => tookMs));

/** Both answer; afterwards there are connections to both that lie idle. */
async function meetBoth(port: number): Promise<void> {
  await expect.poll(async () => kinds(await many(20, port, 'GET'))).toEqual(['other', 'stopped']);
}

function endpointOf(plane: DataPlane, of: string, port: number) {
  const { endpoints } = plane.stats();
  const found = endpoints.find(({ service, endpoint }) => service === of && endpoint.endsWith(`-${port}`));
  if (found === undefined) throw new Error(`there is no endpoint with port ${port}`);
  return found;
}

test('a service that hangs: its connections go, requests are repeated elsewhere or answered in time, and it comes back', async () => {
  const { child, port: stopped } = await startStoppable();
  const other = await startService((_request, response) => response.end('other'));
  const timeouts = { perTryMs: 1_000, requestMs: 120_000, connectMs: 1_000 };
  const retries = { attempts: 3, on: ['timeout' as const], budgetMinPerSecond: 1_000 };
  const policy = { timeouts, retries, loadBalancer };
  const outlierDetection = { consecutiveFailures: 3, baseEjectionMs: 300, maxEjectionMs: 600 };
  const { plane, port } = await startOutbound([
    viewOf('web', [{ port: stopped }, { port: other }], { policy: { ...policy, outlierDetection } }),
    viewOf('alone', [{ port: stopped }], { policy: { timeouts: { requestMs: 2_000 } } }),
  ]);
  await meetBoth(port);
  expect(kinds(await many(4, port, 'GET', 'alone'))).toEqual(['stopped']);

  child.kill('SIGSTOP');
  const gets = await many(60, port, 'GET');
  expect(kinds(gets)).toEqual(['other']);
  const posts = await many(20, port, 'POST');
  expect(['other', 'try_timeout']).toEqual(expect.arrayContaining(kinds(posts)));
  expect(endpointOf(plane, 'web', stopped).ejections).toBeGreaterThan(0);
  const alone = await many(20, port, 'GET', 'alone');
  expect(kinds(alone)).toEqual(['request_timeout']);
  const uploader = await rawClient(port);
  uploader.send('POST / HTTP/1.1\r\nhost: alone\r\ncontent-length: 200000000\r\n\r\n');
  const { socket } = uploader;
  const chunk = Buffer.alloc(65_536);
  const feed = () => {
    while (socket.writable && socket.writableLength < chunk.length) socket.write(chunk);
  };
  socket.on('drain', feed);
  feed();
  await expect.poll(() => uploader.received).toContain('request_timeout');
  // Two sockets' buffers and what the agent holds for one.
  expect(socket.bytesWritten - socket.writableLength).toBeLessThan(32_000_000);
  socket.destroy();
  // Neither those that lay idle when it hung nor those made since are kept for the next request.
  const kept = { connections: 0, pending: 0, active: 0 };
  await expect.poll(() => endpointOf(plane, 'alone', stopped)).toMatchObject(kept);

  child.kill('SIGCONT');
  await meetBoth(port);
  await expect.poll(async () => kinds(await many(4, port, 'GET', 'alone'))).toEqual(['stopped']);
});

/** The agent of `web` as a process of its own, in front of a service that says `stopped`. */
async function startFarAgent(authority: TestAuthority) {
  const service = await startService((_request, response) => response.end('stopped'));
  const folder = mkdtempSync(join(tmpdir(), 'tulle-half-open-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { certificateChainPem, keyPem, trustBundlePem } = authority.identity('web');
  const files = { 'certificate.pem': certificateChainPem, 'key.pem': keyPem, 'roots.pem': trustBundlePem };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const config = `
self: { service: web }
listen: { inbound: 0 }
local: ${service}
identity: { trustDomain: mesh.test, certificate: certificate.pem, key: key.pem, trustBundle: roots.pem }
services: { web: { endpoints: [] } }
`;
  writeFileSync(join(folder, 'mesh.yaml'), config);
  const agent = new AgentProcess({ TULLE_CONFIG: join(folder, 'mesh.yaml') });
  const { ports } = await agent.logged('ready');
  return { child: agent.child, port: (ports as { inbound: number }).inbound };
}

test('an agent that hangs: HTTP/2 finds out by PING, and what was on its way is repeated elsewhere', async () => {
  const authority = new TestAuthority();
  const far = await startFarAgent(authority);
  const other = await startService((_request, response) => response.end('other'));
  const near = await startPlane({
    self: { service: 'web', version: 'v1', instance: 'web-2' },
    local: { host: '127.0.0.1', port: other },
    inbound: { host: '127.0.0.1', port: 0, tls: true },
  });
  near.plane.setIdentity(authority.identity('web'));
  near.plane.apply([viewOf('web', [])]);
  const { plane, port } = await startOutbound([]);
  plane.setIdentity(authority.identity('caller'));
  const policy = {
    loadBalancer,
    // Whoever waited for the end of this would be told so.
    timeouts: { connectMs: 1_000, requestMs: 120_000 },
    retries: { attempts: 3, on: ['reset' as const], budgetMinPerSecond: 1_000 },
  };
  const endpoints = [far.port, near.ports.inbound ?? 0].map((port) => ({ port, tls: true }));
  plane.apply([viewOf('web', endpoints, { policy })]);
  await meetBoth(port);

  far.child.kill('SIGSTOP');
  const [gets, posts] = await Promise.all([many(40, port, 'GET'), many(20, port, 'POST')]);
  expect(kinds(gets)).toEqual(['other']);
  expect(['other', 'peer_reset']).toEqual(expect.arrayContaining(kinds(posts)));
  // Some were on their way to it: 5 s of silence, and 5 s for the answer to PING.
  expect(slowest([...gets, ...posts])).toBeGreaterThan(4_000);
  expect(plane.stats().activeRequests).toBe(0);
  const given = await many(40, port, 'GET');
  expect(kinds(given)).toEqual(['other']);
  await expect.poll(() => endpointOf(plane, 'web', far.port).connections).toBe(0);

  far.child.kill('SIGCONT');
  await meetBoth(port);
});
