import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tulle-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('refuses a second owner, naming the first, until it lets go', async () => {
  const first = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(
    `in use by another Tulle server (process ${process.pid})`,
  );
  await first.release();
  await (await lockDirectory(directory)).release();
});

it('takes over what a killed owner left', async () => {
  const code = `import { lockDirectory } from ${JSON.stringify(path.join(import.meta.dirname, 'directory-lock.ts'))};
    await lockDirectory(${JSON.stringify(directory)}); console.log('held'); process.stdin.resume();`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(owner.stdout, 'data');
  await expect(lockDirectory(directory)).rejects.toThrow(`process ${owner.pid}`);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await (await lockDirectory(directory)).release();
});

it('works where the path is too long for a socket', async () => {
  const deep = path.join(directory, 'a-folder-with-a-long-name/'.repeat(6));
  const lock = await lockDirectory(deep);
  await expect(lockDirectory(deep)).rejects.toThrow('in use');
  await lock.release();
});

it('says in one sentence that a directory cannot be made', async () => {
  const file = path.join(directory, 'file');
  writeFileSync(file, '');
  await expect(lockDirectory(path.join(file, 'data'))).rejects.toThrow(
    /^The data directory .*file\/data cannot be written \(ENOTDIR\); .*--data-dir\.$/,
  );
});
