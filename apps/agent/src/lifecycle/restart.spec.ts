import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { endsContainer } from './process-identity.ts';

const channel = {};

test('a container ends with its first process, and with what that one has a channel to', () => {
  expect(endsContainer({ pid: 1, ppid: 0 })).toBe(true);
  expect(endsContainer({ pid: 7, ppid: 1, channel })).toBe(true);
  expect(endsContainer({ pid: 7, ppid: 1 })).toBe(false);
  expect(endsContainer({ pid: 7, ppid: 6, channel })).toBe(false);
});

const module = (name: string) => new URL(name, import.meta.url);
const program = `
  import { Inheritance } from '${module('./inheritance.ts')}';
  import { Restart } from '${module('./restart.ts')}';
  const logger = { info() {}, error() {} };
  const { sockets } = Inheritance.none();
  const restart = new Restart({ sockets, options: { exitWithParent: false }, asked: new Promise(() => {}), logger });
  restart.allow();
  const said = await restart.ask().catch(({ message }) => message);
  console.log(process.pid, said);
  process.exit(0);
`;
const inContainer = ['--pid', '--fork', '--kill-child', process.execPath];
const mayUnshare = spawnSync('unshare', [...inContainer, '--version']).status === 0;

test.runIf(mayUnshare)('the first process of a container goes on, and says why', () => {
  const { stdout, stderr } = spawnSync('unshare', [...inContainer, '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^1 its container would end with it, .*--workers 1/);
});
