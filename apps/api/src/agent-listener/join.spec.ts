import { protocolVersion } from '@tulle/mesh/agent-protocol';
import { expect, test } from 'vitest';
import { createJoin, requireProtocol } from './join.ts';

type Dependencies = Parameters<typeof createJoin>[0];

test('an address that joins too often is refused before its token is looked at', async () => {
  const asked: string[] = [];
  // Nothing else may be used, so there is nothing else.
  const dependencies: Partial<Dependencies> = {
    database: { prisma: {} as Dependencies['database']['prisma'] },
    joins: { take: (address) => asked.push(address) === 0 },
  };
  const join = createJoin(dependencies as Dependencies);
  const input = {
    service: 'orders',
    instance: 'orders-1',
    version: 'v1',
    token: '',
    csrPem: '',
    protocolVersion,
  };
  await expect(join(input, '192.0.2.7')).rejects.toMatchObject({ code: 'too_many' });
  expect(asked).toEqual(['192.0.2.7']);
});

test('who speaks another version of the protocol hears which side is the old one', () => {
  expect(() => requireProtocol(protocolVersion)).not.toThrow();
  expect(() => requireProtocol(protocolVersion - 1)).toThrow('update the agent.');
  expect(() => requireProtocol(protocolVersion + 1)).toThrow('update the API.');
});
