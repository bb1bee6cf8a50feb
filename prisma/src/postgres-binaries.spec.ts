import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** A user that nobody is, as containers are often run. */
const nameless = { uid: 61_234, gid: 61_234 };
const program = `
  import { postgresBinaries } from '${new URL('./postgres-binaries.ts', import.meta.url)}';
  const { command, args } = postgresBinaries().launch('initdb', []);
  console.log(JSON.stringify([command, ...args]));
`;

function asNameless(command: string, args: readonly string[]) {
  return spawnSync(command, args, { ...nameless, cwd: '/', encoding: 'utf8' });
}

const isRoot = process.getuid?.() === 0;
const mayUnshare = isRoot && asNameless('unshare', ['--user', '--map-user=65534', 'true']).status === 0;
const mayRead = mayUnshare && asNameless('ls', [import.meta.dirname, process.execPath]).status === 0;

test.runIf(mayRead)('PostgreSQL, which looks its user up, runs where a user without a name has one', () => {
  const { stdout, stderr } = asNameless(process.execPath, ['--input-type=module', '-e', program]);
  expect(stderr).toBe('');
  const [command = '', ...args] = JSON.parse(stdout);
  expect(args.pop()).toMatch(/initdb$/);
  expect(asNameless(command, [...args, 'id', '-un']).stdout).toBe('nobody\n');
});
