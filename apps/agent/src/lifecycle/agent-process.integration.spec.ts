import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { viewOf } from '../control/spec-api/spec-agent.ts';
import { SpecApi } from '../control/spec-api/spec-api.ts';
import { temporaryFolder } from '../specs/temporary-folder.ts';
import { AgentProcess } from './agent-process.spec-support.ts';

let api: SpecApi;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  api = new SpecApi();
  api.setView(viewOf('web'));
  await api.start();
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  await api.stop();
});

function start(variables: Record<string, string | undefined>): AgentProcess {
  const ports = { TULLE_OUTBOUND_PORT: '0', TULLE_INBOUND_PORT: '0', TULLE_ADMIN_PORT: '0' };
  return new AgentProcess({ TULLE_SERVICE: 'web', TULLE_API: api.url, ...ports, ...variables });
}

test('SIGTERM ends it in order with code 0; the next start needs neither token nor API', async () => {
  const variables = { TULLE_DATA_DIR: temporaryFolder() };
  const first = start({ ...variables, TULLE_TOKEN: api.token() });
  await first.logged('ready');
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  await api.stop();
  const second = start(variables);
  await second.logged('ready');
  second.child.kill('SIGINT');
  expect(await second.ended).toBe(0);
});

test('after kill -9 the data directory is free again', async () => {
  const variables = { TULLE_DATA_DIR: temporaryFolder() };
  const first = start({ ...variables, TULLE_TOKEN: api.token() });
  await first.logged('ready');
  first.child.kill('SIGKILL');
  await first.ended;
  const second = start(variables);
  await second.logged('ready');
});

test('a port that is taken is one sentence and code 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const variables = { TULLE_DATA_DIR: temporaryFolder(), TULLE_TOKEN: api.token() };
  const agent = start({ ...variables, TULLE_OUTBOUND_PORT: String(port) });
  expect(await agent.ended).toBe(1);
  await agent.silent;
  expect(agent.lines).toEqual([`Port ${port} is taken or not allowed: choose another with --outbound-port.`]);
});

test('without a service name it says how to give one', async () => {
  const agent = start({ TULLE_SERVICE: undefined, TULLE_DATA_DIR: temporaryFolder() });
  expect(await agent.ended).toBe(1);
  await agent.silent;
  expect(agent.lines).toEqual(['Say which service this is with --service (or TULLE_SERVICE).']);
});
