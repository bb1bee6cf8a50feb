import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { call, startService } from '../specs/services.ts';
import { startStandalone } from './standalone.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tulle-standalone-'));
  vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** An agent from a file, which writes down every request to `web`. */
async function startLogged() {
  const service = await startService((_request, response) => response.end('hello'));
  const file = join(folder, 'mesh.yaml');
  const log = join(folder, 'access.log');
  writeFileSync(
    file,
    `
self: { service: shop }
listen: { outbound: 0, admin: 0 }
observability: { accessLog: ${log}, accessLogFields: [service, status] }
services:
  web:
    endpoints: [{ address: ${service} }]
    observability: { accessLog: all }
`,
  );
  const standalone = await startStandalone(file, silent);
  onTestFinished(() => standalone.close(0));
  const { admin = 0, outbound = 0 } = standalone.ports;
  return { standalone, log, outbound, admin: `http://127.0.0.1:${admin}` };
}

test('an agent without an API shows what it does', async () => {
  const { admin, outbound } = await startLogged();
  await call(outbound, {});
  expect((await fetch(`${admin}/readyz`)).status).toBe(200);
  const page = await (await fetch(`${admin}/metrics`)).text();
  expect(page).toMatch(/^tulle_route_requests_total\{side="outbound",service="web",.*outcome="ok"\} 1$/m);
  const config = (await (await fetch(`${admin}/config`)).json()) as { resources: Record<string, unknown> };
  expect(config.resources['service/web']).toMatchObject({ service: 'web' });
});

test('it writes a bundle into the directory of its state', async () => {
  const { admin } = await startLogged();
  const { path } = (await (await fetch(`${admin}/diagnostics`, { method: 'POST' })).json()) as {
    path: string;
  };
  expect(path.startsWith(join(folder, 'state'))).toBe(true);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ settings: { self: { service: 'shop' } } });
});

test('its log says what was chosen, and is begun anew after it was moved away', async () => {
  const { standalone, log, outbound } = await startLogged();
  const written = () => standalone.plane.measurements().observability.accessLog.written;
  await call(outbound, {});
  await expect.poll(written).toBe(1);
  expect(readFileSync(log, 'utf8')).toBe('{"service":"web","status":200}\n');
  renameSync(log, `${log}.1`);
  standalone.plane.reopenLogs();
  await call(outbound, {});
  await expect.poll(written).toBe(2);
  expect(existsSync(log)).toBe(true);
  expect(readFileSync(`${log}.1`, 'utf8').split('\n')).toHaveLength(2);
});
