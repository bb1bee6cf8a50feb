import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { viewOf } from '@tulle/agent/control/spec-api/spec-agent';
import { SpecApi } from '@tulle/agent/control/spec-api/spec-api';
import { temporaryFolder } from '@tulle/agent/specs/temporary-folder';
import { expect, onTestFinished, test } from 'vitest';
import { smallNodeFlags } from '../bin/small-node.mjs';

const program = path.join(import.meta.dirname, '../dist/agent/tulle-agent.cjs');
const preload = path.join(import.meta.dirname, 'agent-parts.cjs');

interface Parts {
  readonly builtins: string[];
  readonly files: { readonly file: string; readonly bytes: number }[];
}

/** What the shipped agent has loaded that has joined, serves, reports and was asked to stop. */
async function partsOfAgent(): Promise<Parts> {
  const folder = temporaryFolder();
  const api = new SpecApi();
  api.ledger.reportIntervalMs = 50;
  api.setView(viewOf('orders'));
  await api.start();
  const written = path.join(folder, 'parts.json');
  const child = spawn(process.execPath, [...smallNodeFlags, '--require', preload, program, 'agent'], {
    env: {
      PATH: process.env.PATH,
      ...{ TULLE_SERVICE: 'orders', TULLE_PORT: '9', TULLE_API: api.url, TULLE_TOKEN: api.token() },
      ...{ TULLE_OUTBOUND_PORT: '0', TULLE_INBOUND_PORT: '0', TULLE_ADMIN_PORT: '0' },
      ...{ TULLE_DATA_DIR: folder, WRITE_PARTS_TO: written },
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const reported = once(api.events, 'report');
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('"msg":"ready"')) break;
  }
  await reported;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  return JSON.parse(readFileSync(written, 'utf8'));
}

test('an agent carries neither what it does not need of Node nor a file that is long to compile', async () => {
  const { builtins, files } = await partsOfAgent();
  const heavy = [
    ...[
      'cluster',
      'child_process',
      'dgram',
      'dns',
      'http',
      'https',
      'fs/promises',
      'internal/readline/interface',
    ],
    ...[
      'internal/perf/performance',
      'internal/modules/esm/initialize_import_meta',
      'worker_threads',
      'v8',
      'zlib',
    ],
  ];
  const loaded = heavy.filter((name) => builtins.includes(`NativeModule ${name}`));
  expect(loaded).toEqual([]);
  expect(builtins).toContain('NativeModule tls');

  expect(files.length).toBeGreaterThan(5);
  expect(files.filter(({ bytes }) => bytes > 150_000)).toEqual([]);
});
