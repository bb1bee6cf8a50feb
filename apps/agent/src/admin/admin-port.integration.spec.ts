import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { get, launchSpecAgent, type SpecAgent, viewOf } from '../control/spec-api/spec-agent.ts';
import { SpecApi } from '../control/spec-api/spec-api.ts';
import { temporaryFolder } from '../specs/temporary-folder.ts';

let api: SpecApi;
let agent: SpecAgent;

beforeEach(async () => {
  api = new SpecApi();
  api.setView(viewOf('web'));
  await api.start();
  agent = await launchSpecAgent({
    service: 'web',
    api: api.url,
    token: api.token(),
    dataDir: temporaryFolder(),
  });
  await agent.agent.whenReady(60_000);
});

afterEach(async () => {
  await agent.stop();
  await api.stop();
});

const admin = (path: string, headers?: Record<string, string>, method = 'GET') =>
  get({ port: agent.agent.ports.admin ?? 0, path, method, ...(headers && { headers }) });

test('alive and ready', async () => {
  expect(await admin('/healthz')).toMatchObject({ status: 200 });
  expect((await admin('/readyz')).status).toBe(200);
});

test('not ready says why', async () => {
  api.setMesh({ revokedSerials: [agent.agent.status().certificate?.serial ?? ''] });
  await api.acked();
  const { status, body } = await admin('/readyz');
  expect(status).toBe(503);
  expect(JSON.parse(body).reasons).toEqual(['no valid certificate']);
});

test('metrics in the text format of Prometheus', async () => {
  const { body } = await admin('/metrics');
  expect(body).toMatch(/^tulle_ready 1$/m);
  expect(body).toMatch(/^tulle_config_revision \d+$/m);
  expect(body).toMatch(/^tulle_certificate_expiry_seconds \d+$/m);
  expect(body).toMatch(/^process_resident_memory_bytes \d+$/m);
});

test('the configuration in force, without a secret', async () => {
  const { body } = await admin('/config');
  expect(JSON.parse(body).resources['service/web'].service).toBe('web');
  expect(body).not.toContain('PRIVATE KEY');
  expect(body).not.toContain('tulle1_');
});

test('a page that reaches loopback by a name of its own is refused', async () => {
  expect((await admin('/config', { host: 'evil.example' })).status).toBe(403);
  expect((await admin('/config', { host: 'localhost:80' })).status).toBe(200);
});

test('the state of every endpoint', async () => {
  const { status, body } = await admin('/endpoints');
  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual({ endpoints: [] });
});

test('a diagnostic bundle is written when it is asked for, but not by a page in a browser', async () => {
  const { status, body } = await admin('/diagnostics', {}, 'POST');
  expect(status).toBe(201);
  const bundle = readFileSync(JSON.parse(body).path, 'utf8');
  expect(JSON.parse(bundle)).toMatchObject({ agent: { self: { service: 'web' } } });
  expect(bundle).not.toContain('PRIVATE KEY');
  expect(bundle).not.toContain('tulle1_');
  expect((await admin('/diagnostics', { origin: 'http://evil.example' }, 'POST')).status).toBe(403);
  expect((await admin('/diagnostics')).status).toBe(405);
});

test('other paths and methods are told what there is', async () => {
  expect((await admin('/')).status).toBe(404);
  expect((await admin('/healthz', {}, 'POST')).status).toBe(405);
});
