import type { ServiceView } from '@tulle/mesh/service-view';
import { expect, it } from 'vitest';
import type { RouteDecision } from '../router/route-decision.ts';
import { viewOf } from '../specs/planes.ts';
import { ConnectionRoutes } from './connection-routes.ts';

function routesOf(...views: ServiceView[]): ConnectionRoutes {
  const decision = { refusal: { code: 'not_http', detail: '' } } as RouteDecision;
  return new ConnectionRoutes(new Map(views.map((view) => [view.service, { view, routes: { decision } }])));
}

const asTls = { protocol: 'tls' } as const;

it('only what is not HTTP has a route, without the refusal that requests meet', () => {
  const routes = routesOf(
    viewOf('web', [{ port: 1 }]),
    viewOf('db', [{ port: 1 }], { protocol: 'tcp', port: 5432, timeouts: { tcpIdleMs: 0, idleMs: 7 } }),
  );
  expect(routes.byService('web')).toBeUndefined();
  expect(routes.byService('db')).toMatchObject({
    tls: false,
    head: { method: 'CONNECT', form: 'authority', authority: 'db.mesh:5432' },
    decision: { refusal: undefined, timeouts: { idleMs: Number.POSITIVE_INFINITY } },
  });
});

it('of two services at one host the first by name has it, in whatever order they come', () => {
  const [a, b] = ['aaa', 'bbb'].map((name) => viewOf(name, [{ host: 'Vault.Example', port: 1 }], asTls));
  if (a === undefined || b === undefined) throw new Error('there are two');
  for (const views of [
    [a, b],
    [b, a],
  ])
    expect(routesOf(...views).byHostOfEndpoint('vault.example')?.service).toBe('aaa');
});
