import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { temporaryFolder } from '@tulle/agent/specs/temporary-folder';
import { expect, onTestFinished, test } from 'vitest';

const program = path.join(import.meta.dirname, '../dist/agent/tulle-agent.cjs');

/** The shipped agent with free ports; one that does not end by itself has no status. */
function startAgent(words: readonly string[], variables: Record<string, string>) {
  const ports = { TULLE_OUTBOUND_PORT: '0', TULLE_INBOUND_PORT: '0', TULLE_ADMIN_PORT: '0' };
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], {
    env: { PATH: process.env.PATH, TULLE_SERVICE: 'web', TULLE_PORT: '9', ...ports, ...variables },
    encoding: 'utf8',
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  return { status, complaint: stderr.split('\n').at(-2) };
}

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('without certificate and token it ends, though it listens by then', () => {
  const { status, complaint } = startAgent(['agent'], { TULLE_DATA_DIR: temporaryFolder() });
  expect(complaint).toMatch(/^There is no certificate for web .* --token or TULLE_TOKEN\.$/);
  expect(status).toBe(1);
});

test('so does one beside a command, which never runs', () => {
  const { status, complaint } = startAgent(['run', '--', 'echo', 'ran'], {
    TULLE_DATA_DIR: temporaryFolder(),
  });
  expect(complaint).toMatch(/^There is no certificate for web /);
  expect(status).toBe(1);
});

test('an admin port that is taken is one sentence and the end, with an API and without', async () => {
  const port = await takenPort();
  const folder = temporaryFolder();
  const config = path.join(folder, 'mesh.yaml');
  writeFileSync(config, `self: { service: web }\nlisten: { outbound: 0, admin: ${port} }\nservices: {}\n`);
  const admin = { TULLE_ADMIN_PORT: String(port), TULLE_TOKEN: 'none', TULLE_DATA_DIR: folder };
  const sentence = new RegExp(`^The admin port cannot be opened .*${port}.*--admin-port\\.$`);
  for (const variables of [admin, { TULLE_CONFIG: config }]) {
    const { status, complaint } = startAgent(['agent'], variables);
    expect(complaint).toMatch(sentence);
    expect(status).toBe(1);
  }
});
