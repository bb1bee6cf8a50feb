import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const program = `
  import { openSync, writeSync } from 'node:fs';
  import { Successor } from '${new URL('./successor.ts', import.meta.url)}';
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {}
  const options = { sockets: [], timeoutMs: 60_000, signal: new AbortController().signal };
  Successor.start(options).catch(({ message }) => writeSync(1, message));
`;

test('a process that has no descriptor left for a successor is told so, and lives', () => {
  const limited = ['--nofile=64:64', process.execPath, '--input-type=module', '-e', program];
  const { status, stdout, stderr } = spawnSync('prlimit', limited, { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^it could not be started: spawn .* EMFILE$/);
  expect(status).toBe(0);
});
