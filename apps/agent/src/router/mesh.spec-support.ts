import { routeRulesSchema } from '@tulle/mesh/route';
import type { ServiceView } from '@tulle/mesh/service-view';
import type { RequestHead } from '@tulle/wire/http/message-head';
import type * as z from 'zod/mini';
import type { Backend } from '../balance/backend.ts';
import type { PickRequest } from '../balance/pick-request.ts';
import { registryOf } from '../balance/spec-fleet.spec-support.ts';
import { type CompiledMesh, Compiler } from './compile.ts';
import { requestFor } from './request.spec-support.ts';
import type { RouteDecision, Target } from './route-decision.ts';
import { Router } from './router.ts';

export type DeclaredRules = z.input<typeof routeRulesSchema>;

/** Rules as people write them. */
export function rulesOf(...rules: DeclaredRules): Required<Pick<ServiceView, 'rules'>> {
  return { rules: routeRulesSchema.parse(rules) };
}

/** Endpoints of two versions. */
export const twoVersions = [
  { port: 1, version: 'v1' },
  { port: 2, version: 'v2' },
];
/** `v2` in percent. */
export const splitOf = (v2: number) => ({
  weights: [
    { version: 'v1', weight: 100 - v2 },
    { version: 'v2', weight: v2 },
  ],
});
export const prefix = (value: string) => ({ path: { type: 'PathPrefix' as const, value } });

/** A compiler with what it keeps, and the router of what it compiled last. */
export class SpecMesh {
  readonly compiler = new Compiler(registryOf().registry);
  router = new Router(new Map());

  apply(...views: ServiceView[]): CompiledMesh {
    const compiled = this.compiler.compile(views, 0);
    this.router = new Router(compiled.services);
    return compiled;
  }

  decide(target: string, request: Parameters<typeof requestFor>[1] = {}, source = 'caller'): RouteDecision {
    const head = requestFor(target, request);
    const decision = this.router.route(head.authority, head, source);
    if (decision === undefined) throw new Error(`${head.authority} is not known`);
    return decision;
  }

  /** Decides and picks. */
  send(target: string, request: Parameters<typeof requestFor>[1] = {}): Target | undefined {
    return this.decide(target, request).destination.pick(pickFor(requestFor(target, request)));
  }

  /** How many of so many requests each version gets; '' counts those that go nowhere. */
  tally(requests: number, target = '/', request: Parameters<typeof requestFor>[1] = {}): Map<string, number> {
    const counts = new Map<string, number>();
    for (let sent = 0; sent < requests; sent++) {
      const version = this.send(target, request)?.backend.endpoint.version ?? '';
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
    return counts;
  }
}

export function pickFor(head: RequestHead, avoid?: Backend): PickRequest {
  return { head, source: 'caller', avoid, now: 0 };
}
