import { statSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCertificateRequest } from '../identity/certificate-request.ts';
import { temporaryFolder } from '../specs/temporary-folder.ts';
import { join } from './join.ts';
import { launchSpecAgent, type SpecAgent, viewOf } from './spec-api/spec-agent.ts';
import { SpecApi } from './spec-api/spec-api.ts';
import { SpecAuthority } from './spec-api/spec-authority.ts';

const self = { service: 'orders', version: 'v1', instance: 'orders-1' };
const request = await makeCertificateRequest(self.instance);
let api: SpecApi;
const agents: SpecAgent[] = [];

beforeEach(async () => {
  api = new SpecApi();
  api.setView(viewOf('orders'));
  await api.start();
});

afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()));
  await api.stop();
});

test('a token gives a certificate for a key that only this process has', async () => {
  const identity = await join(new URL(api.url), api.token(), self, request);
  expect(identity.trustDomain).toBe('spec.mesh');
  expect(identity.serial).toBe(api.serials[0]);
  expect(identity.keyPem).toContain('PRIVATE KEY');
});

test('a server without the root of the token never sees the token', async () => {
  const other = new SpecApi(new SpecAuthority('other.mesh'));
  const token = other.token();
  await expect(join(new URL(api.url), token, self, request)).rejects.toMatchObject({
    code: 'wrong_fingerprint',
    message: expect.stringContaining('nothing was sent'),
  });
  expect(api.tokens.size).toBe(0);
});

test('a server with the right root but the identity of a service is refused', async () => {
  const token = api.token();
  await api.stop();
  const impostor = new SpecApi(api.authority);
  impostor.serverId = 'spiffe://spec.mesh/service/orders';
  await impostor.start();
  await expect(join(new URL(impostor.url), token, self, request)).rejects.toThrow(
    /The server is spiffe:\/\/spec.mesh\/service\/orders, not a control plane/,
  );
  await impostor.stop();
});

test.each([
  ['used', /used already/],
  ['expired', /has expired/],
] as const)('a token that is %s says so', async (state, sentence) => {
  const token = api.token();
  Object.assign(api.tokens.get(token) ?? {}, { [state]: true });
  const agent = await launchSpecAgent({ service: 'orders', api: api.url, token, dataDir: temporaryFolder() });
  agents.push(agent);
  expect((await agent.agent.refused).message).toMatch(sentence);
});

test('text that is no token says what one looks like', async () => {
  await expect(join(new URL(api.url), 'letmein', self, request)).rejects.toThrow(
    /tulle1_<id>_<secret>_<fingerprint>/,
  );
});

test('a token whose answer was lost is asked for again with the same key', async () => {
  api.answersToLose = 2;
  const flags = { service: 'orders', port: 1, api: api.url, dataDir: temporaryFolder() };
  const agent = await launchSpecAgent({ ...flags, token: api.token() });
  agents.push(agent);
  expect(await agent.agent.whenReady(60_000)).toBe(true);
  expect(api.serials).toHaveLength(3);
});

test('without certificate and token an agent does not start, and says what to do', async () => {
  const flags = { service: 'orders', api: api.url, dataDir: temporaryFolder() };
  await expect(launchSpecAgent(flags)).rejects.toThrow(/no join token: make one/);
});

test('an agent joins once; what it keeps is readable by its owner alone', async () => {
  const flags = { service: 'orders', port: 1, api: api.url, dataDir: temporaryFolder() };
  const first = await launchSpecAgent({ ...flags, token: api.token() });
  expect(await first.agent.whenReady(60_000)).toBe(true);
  await first.stop();
  const file = joinPath(flags.dataDir, 'identity.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(flags.dataDir).mode & 0o777).toBe(0o700);
  const second = await launchSpecAgent(flags);
  agents.push(second);
  expect(await second.agent.whenReady(60_000)).toBe(true);
  expect(second.self).toEqual(first.self);
  expect(api.serials).toHaveLength(1);
});

test('two agents do not share a data directory', async () => {
  const { DataDir } = await import('../lifecycle/data-dir.ts');
  const { writeFileSync } = await import('node:fs');
  const folder = temporaryFolder();
  writeFileSync(joinPath(folder, 'agent.pid'), `${process.ppid} `);
  expect(() => DataDir.open(folder, { lock: true })).toThrow(
    /Another agent \(process \d+\) uses the data directory/,
  );
});
