import { expect, test } from 'vitest';
import { agentOptionsSchema } from '../agent-command.ts';
import { readOptions } from './options.ts';

test('flags win over variables, text becomes what it means', () => {
  const flags = { service: 'orders', upstreams: 'payment,catalogue=7001', port: '8080' };
  const environment = {
    TULLE_SERVICE: 'other',
    TULLE_API: 'https://a:1/x, https://b:2',
    TULLE_EXIT_WITH_PARENT: '1',
  };
  expect(readOptions(agentOptionsSchema, flags, environment)).toMatchObject({
    service: 'orders',
    port: 8080,
    upstreams: [
      { service: 'payment', port: 0 },
      { service: 'catalogue', port: 7001 },
    ],
    api: ['https://a:1', 'https://b:2'],
    exitWithParent: true,
  });
});

test('a zone is one word, and none by default', () => {
  expect(readOptions(agentOptionsSchema, {}, { TULLE_ZONE: 'eu-1.a' }).zone).toBe('eu-1.a');
  expect(readOptions(agentOptionsSchema, {}, {}).zone).toBeUndefined();
  expect(() => readOptions(agentOptionsSchema, { zone: 'a b' }, {})).toThrow(/--zone or TULLE_ZONE: letters/);
});

test('everything that is wrong is named by flag and variable', () => {
  const read = () =>
    readOptions(agentOptionsSchema, { service: 'Orders', api: 'http://x' }, { TULLE_PORT: '-1' });
  expect(read).toThrow(/--service or TULLE_SERVICE: lower-case/);
  expect(read).toThrow(/--api or TULLE_API \(entry 0\): an https:\/\/ address\./);
  expect(read).toThrow(/--port or TULLE_PORT: a port from 1 to 65535\./);
});
