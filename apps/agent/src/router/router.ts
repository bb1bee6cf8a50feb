import type { RouteDecision } from './route-decision.ts';

/** Hosts remembered with their answer; more would let a caller fill the memory with invented ones. */
const MAX_REMEMBERED_HOSTS = 2_048;

const serviceName = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * The service a Host means: `orders`, `orders.mesh`, each with or without a port. Undefined when the
 * host cannot name a service of the mesh.
 */
export function serviceOfHost(host: string): string | undefined {
  const colon = host.indexOf(':');
  const lower = (colon < 0 ? host : host.substring(0, colon)).toLowerCase();
  const name = lower.endsWith('.mesh') ? lower.slice(0, -'.mesh'.length) : lower;
  return serviceName.test(name) ? name : undefined;
}

/** Immutable: a new configuration is a new router. */
export class Router {
  private readonly decisions: ReadonlyMap<string, RouteDecision>;
  private readonly byHost = new Map<string, RouteDecision>();

  constructor(decisions: ReadonlyMap<string, RouteDecision>) {
    this.decisions = decisions;
  }

  byService(service: string): RouteDecision | undefined {
    return this.decisions.get(service);
  }

  route(host: string): RouteDecision | undefined {
    const remembered = this.byHost.get(host);
    if (remembered !== undefined) return remembered;
    const service = serviceOfHost(host);
    const decision = service === undefined ? undefined : this.decisions.get(service);
    if (decision !== undefined && this.byHost.size < MAX_REMEMBERED_HOSTS) this.byHost.set(host, decision);
    return decision;
  }
}
