import { type Role, roles } from '@tulle/mesh/people';
import { expect, test } from 'vitest';
import type { Api } from '../api.ts';
import { appRouter } from '../router.ts';
import { createCaller } from '../trpc.ts';
import type { Person } from './person.ts';

const procedures = Object.keys(appRouter._def.procedures);

/** The code it fails with for this person; inputs are left out, so that nothing is ever done. */
async function failure(path: string, person: Person | undefined): Promise<string> {
  const caller = createCaller(appRouter)({ api: {} as Api, whoAsks: async () => person });
  const [noun = '', name = ''] = path.split('.');
  const call: () => Promise<unknown> = Reflect.get(Reflect.get(caller, noun), name);
  const error = await call().then(
    () => undefined,
    (reason: { code: string }) => reason,
  );
  return error?.code ?? 'answered';
}

const withRole = (role: Role): Person => ({ id: 'p1', name: 'Ana', email: 'a@b.example', role, via: 'cli' });

async function leastRole(path: string): Promise<string> {
  for (const role of roles) if ((await failure(path, withRole(role))) !== 'FORBIDDEN') return role;
  return 'nobody';
}

test('every procedure needs its role', async () => {
  const needed = await Promise.all(procedures.map(async (path) => [path, await leastRole(path)] as const));
  expect(Object.fromEntries(needed)).toEqual({
    'access.list': 'viewer',
    'access.get': 'viewer',
    'access.update': 'editor',
    'agents.list': 'viewer',
    'apiTokens.list': 'viewer',
    'apiTokens.create': 'viewer',
    'apiTokens.revoke': 'viewer',
    'certificates.overview': 'viewer',
    'certificates.list': 'viewer',
    'certificates.pem': 'viewer',
    'certificates.renew': 'editor',
    'certificates.revoke': 'admin',
    'changes.list': 'viewer',
    'changes.get': 'viewer',
    'changes.revert': 'editor',
    'joinTokens.list': 'viewer',
    'joinTokens.create': 'editor',
    'joinTokens.revoke': 'editor',
    'live.events': 'viewer',
    'live.topology': 'viewer',
    'live.clock': 'viewer',
    'meshFacts.get': 'viewer',
    'metrics.series': 'viewer',
    'people.me': 'viewer',
    'people.list': 'viewer',
    'people.invite': 'admin',
    'people.passwordLink': 'admin',
    'people.setRole': 'admin',
    'people.remove': 'admin',
    'people.sessions': 'viewer',
    'people.endSessions': 'viewer',
    'resources.list': 'viewer',
    'resources.applyYaml': 'editor',
    'resources.delete': 'editor',
    'rollouts.list': 'viewer',
    'rollouts.get': 'viewer',
    'rollouts.create': 'editor',
    'rollouts.approve': 'approver',
    'rollouts.reject': 'approver',
    'rollouts.pause': 'editor',
    'rollouts.resume': 'editor',
    'rollouts.promote': 'approver',
    'rollouts.goOn': 'approver',
    'rollouts.abort': 'editor',
    'rootRotation.get': 'viewer',
    'rootRotation.start': 'admin',
    'rootRotation.advance': 'admin',
    'rootRotation.abort': 'admin',
    'services.list': 'viewer',
    'services.get': 'viewer',
    'topology.graph': 'viewer',
    'topology.past': 'viewer',
    'topology.edge': 'viewer',
    'trafficSplits.list': 'viewer',
    'trafficSplits.get': 'viewer',
    'trafficSplits.update': 'editor',
  });
});

test('no procedure answers without a session', async () => {
  const codes = await Promise.all(procedures.map((path) => failure(path, undefined)));
  expect(new Set(codes)).toEqual(new Set(['UNAUTHORIZED']));
});
