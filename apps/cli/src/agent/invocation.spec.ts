import { expect, test } from 'vitest';
import { runInvocation } from '../run/run-invocation.ts';
import { agentInvocation } from './agent-invocation.ts';
import { readPlainly } from './invocation.ts';

test('flags are read by the names of their settings', () => {
  const words = ['--service=orders', '--service-version', 'v2', '--exit-with-parent', '--port', '80'];
  const given = { service: 'orders', serviceVersion: 'v2', exitWithParent: true, port: '80' };
  expect(readPlainly(agentInvocation, words)?.flags).toMatchObject(given);
  expect(readPlainly(agentInvocation, ['--no-exit-with-parent'])?.flags.exitWithParent).toBe(false);
});

test('what follows -- is the command, whatever it looks like', () => {
  const line = readPlainly(runInvocation, ['--service', 'orders', '--', 'node', '--', '--service', 'x']);
  expect(line?.command).toEqual(['node', '--', '--service', 'x']);
  expect(line?.flags.service).toBe('orders');
});

test('what is not plainly right is left to Commander', () => {
  for (const words of [['--help'], ['--bogus'], ['--service'], ['word'], ['--exit-with-parent=1']]) {
    expect(readPlainly(agentInvocation, words)).toBeUndefined();
  }
  for (const words of [[], ['--'], ['node', 'server.js'], ['--service', '--', 'node']]) {
    expect(readPlainly(runInvocation, words)).toBeUndefined();
  }
});
