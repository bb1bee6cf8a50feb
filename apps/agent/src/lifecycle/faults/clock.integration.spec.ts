import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { DataPlaneIdentity } from '../../data-plane.ts';
import { TestAuthority } from '../../mutual-tls/test-authority.ts';
import { startPlane, viewOf } from '../../specs/planes.ts';
import { reservedPort } from '../../specs/reserved-port.ts';
import { call, rawClient, startService } from '../../specs/services.ts';
import { AgentProcess } from '../agent-process.spec-support.ts';

const hour = 3_600_000;
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tulle-clock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Replaced as a whole, since it is read at any time. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

/** Before anything of the agent is loaded: its time of day is off by what a file says, looked at every 20 ms. */
const clockProgram = `
import { readFileSync } from 'node:fs';
const trueNow = Date.now;
let offsetMs = 0;
let readAt = Number.NEGATIVE_INFINITY;
Date.now = () => {
  if (performance.now() - readAt > 20) {
    readAt = performance.now();
    offsetMs = Number(readFileSync(new URL('offset', import.meta.url), 'utf8'));
  }
  return trueNow() + offsetMs;
};
`;

/** An agent whose time of day can be set. */
async function startAgent(config: string, files: Record<string, string> = {}) {
  const folder = folderOf({ ...files, offset: '0', 'clock.mjs': clockProgram, 'mesh.yaml': config });
  const preload = ['--import', join(folder, 'clock.mjs')];
  const agent = new AgentProcess({ TULLE_CONFIG: join(folder, 'mesh.yaml') }, preload);
  const { ports } = await agent.logged('ready');
  const { outbound, inbound } = ports as { outbound: number; inbound: number };
  /** Resolves when the agent itself says that it is so late. */
  const jump = async (offsetMs: number) => {
    replace(join(folder, 'offset'), String(offsetMs));
    const reloaded = 'configuration reloaded';
    let time = Number.NaN;
    while (!(Math.abs(time - Date.now() - offsetMs) < hour)) {
      const count = agent.log().filter(({ msg }) => msg === reloaded).length;
      agent.child.kill('SIGHUP');
      time = Number((await agent.logged(reloaded, count + 1)).time);
    }
  };
  return { agent, folder, outbound, inbound, jump };
}

test('what takes time takes as long as before when the clock jumps: nothing comes at once, nothing stops', async () => {
  const held: ServerResponse[] = [];
  let checks = 0;
  const service = await startService((request, response) => {
    if (request.url === '/held') held.push(response);
    else if (request.url !== '/never') response.end('ok');
  });
  const checked = await startService((request, response) => {
    if (request.url === '/health') checks++;
    response.end('ok');
  });
  const gone = await reservedPort();
  const address = `endpoints: [{ address: ${service} }]`;
  const { agent, outbound, inbound, jump } = await startAgent(`
self: { service: web }
listen: { outbound: 0, inbound: 0 }
local: ${service}
services:
  web: { endpoints: [], rateLimits: [{ requests: 3, perMs: ${hour} }] }
  steady: { ${address}, timeouts: { requestMs: ${hour} } }
  hasty: { ${address}, timeouts: { requestMs: 300 } }
  checked: { endpoints: [{ address: ${checked} }], healthCheck: { path: /health, intervalMs: 100, timeoutMs: 100 } }
  gone: { endpoints: [{ address: ${gone} }] }
`);
  const limited = async () => (await call(inbound, { host: 'web' })).status;
  for (let index = 0; index < 3; index++) expect(await limited()).toBe(200);
  const inFlight = await rawClient(outbound);
  inFlight.send('GET /held HTTP/1.1\r\nhost: steady\r\n\r\n');
  await expect.poll(() => held.length).toBe(1);
  const idle = await rawClient(outbound);

  for (const offsetMs of [10 * hour, -10 * hour, 0]) {
    const [before, since] = [checks, performance.now()];
    await jump(offsetMs);
    // An hour's share of requests is not there any sooner.
    expect(await limited()).toBe(429);
    const late = await call(outbound, { host: 'hasty', path: '/never' });
    expect(late.headers['x-tulle-error']).toBe('request_timeout');
    expect((await call(outbound, { host: 'gone' })).headers['x-tulle-error']).toBe('connect_failed');
    await expect.poll(() => checks).toBeGreaterThan(before + 5);
    expect(checks - before).toBeLessThan((performance.now() - since) / 100 + 3);
    expect([inFlight.received, inFlight.ended, idle.ended]).toEqual(['', false, false]);
  }

  await jump(-10 * hour);
  const back = createServer((_request, response) => response.end('ok')).listen(gone, '127.0.0.1');
  await once(back, 'listening');
  onTestFinished(() => void back.close());
  const status = async () => (await call(outbound, { host: 'gone' })).status;
  await expect.poll(status).toBe(200);
  back.closeAllConnections();
  held[0]?.end('late');
  await expect.poll(() => inFlight.received).toContain('200 OK');
  idle.send('GET / HTTP/1.1\r\nhost: steady\r\n\r\n');
  await expect.poll(() => idle.received).toContain('200 OK');
  expect(agent.child.exitCode).toBe(null);
});

const filesOf = (identity: DataPlaneIdentity) => ({
  'certificate.pem': identity.certificateChainPem,
  'key.pem': identity.keyPem,
  'roots.pem': identity.trustBundlePem,
});

test('certificates follow the time of day: refused when past, taken when renewed, and again when the clock is right', async () => {
  const authority = new TestAuthority();
  const service = await startService((_request, response) => response.end('ok'));
  const web = await startPlane({
    self: { service: 'web', version: 'v1', instance: 'web-1' },
    local: { host: '127.0.0.1', port: service },
    inbound: { host: '127.0.0.1', port: 0, tls: true },
  });
  web.plane.setIdentity(authority.identity('web', { lifetimeMs: 5 * hour }));
  web.plane.apply([viewOf('web', [])]);
  const files =
    '{ trustDomain: mesh.test, certificate: certificate.pem, key: key.pem, trustBundle: roots.pem }';
  const { agent, folder, outbound, jump } = await startAgent(
    `
self: { service: caller }
listen: { outbound: 0 }
identity: ${files}
services: { web: { timeouts: { connectMs: 60000 }, endpoints: [{ address: ${web.ports.inbound}, tls: true }] } }
`,
    filesOf(authority.identity('caller', { lifetimeMs: 30 * hour })),
  );
  const outcome = async () => {
    const { status, headers } = await call(outbound);
    return headers['x-tulle-error'] ?? status;
  };
  expect(await outcome()).toBe(200);

  await jump(10 * hour);
  await expect.poll(outcome).toBe('identity_rejected');
  await jump(0);
  await expect.poll(outcome).toBe(200);
  await jump(10 * hour);
  await expect.poll(outcome).toBe('identity_rejected');
  web.plane.setIdentity(authority.identity('web', { lifetimeMs: 30 * hour }));
  await expect.poll(outcome).toBe(200);

  const expired = filesOf(authority.identity('caller', { lifetimeMs: 5 * hour }));
  for (const [name, text] of Object.entries(expired)) replace(join(folder, name), text);
  await agent.logged('the new configuration is wrong, the old one stays in force');
  expect(await outcome()).toBe(200);
  const renewed = filesOf(authority.identity('caller', { lifetimeMs: 30 * hour }));
  for (const [name, text] of Object.entries(renewed)) replace(join(folder, name), text);

  for (const offsetMs of [-10 * hour, 0]) {
    await jump(offsetMs);
    await expect.poll(outcome).toBe(200);
  }
  expect(agent.child.exitCode).toBe(null);
});
