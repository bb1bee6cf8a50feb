import type { RequestHead } from '@tulle/wire/http/message-head';
import type { RouteDecision } from './route-decision.ts';
import type { ServiceRoutes } from './service-routes.ts';

/** What the router needs of each service that a view is known of. */
interface RoutedService {
  readonly routes: ServiceRoutes;
}

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
  private readonly services: ReadonlyMap<string, RoutedService>;
  private readonly byHost = new Map<string, ServiceRoutes>();

  constructor(services: ReadonlyMap<string, RoutedService>) {
    this.services = services;
  }

  /** What holds for the service when no rule matches; undefined when no view of it is known. */
  byService(service: string): RouteDecision | undefined {
    return this.services.get(service)?.routes.decision;
  }

  /**
   * For a request to the service that its `host` names. `source` is the proved name of the caller, which is this
   * agent's own service on the way out and '' at a gateway. Undefined when the host names no known service.
   */
  route(host: string, head: RequestHead, source: string): RouteDecision | undefined {
    const remembered = this.byHost.get(host);
    if (remembered !== undefined) return remembered.decide(head, source);
    const service = serviceOfHost(host);
    const routes = service === undefined ? undefined : this.services.get(service)?.routes;
    if (routes !== undefined && this.byHost.size < MAX_REMEMBERED_HOSTS) this.byHost.set(host, routes);
    return routes?.decide(head, source);
  }

  /** For a request to a service that is known from elsewhere than its Host, such as the port it came in by. */
  routeTo(service: string, head: RequestHead, source: string): RouteDecision | undefined {
    return this.services.get(service)?.routes.decide(head, source);
  }
}
