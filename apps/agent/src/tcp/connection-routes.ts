import type { ServiceView } from '@tulle/mesh/service-view';
import { RequestHead } from '@tulle/wire/http/message-head';
import type { RouteDecision } from '../router/route-decision.ts';
import { connectionTimeouts } from './connection-timeouts.ts';

/** What becomes of the connections to a service whose bytes nobody reads. */
export interface ConnectionRoute {
  readonly service: string;
  /** Whether a connection begins with TLS that names the service. */
  readonly tls: boolean;
  readonly decision: RouteDecision;
  /** How an agent is asked for such a connection: CONNECT (RFC 9113 section 8.5). Never changed. */
  readonly head: RequestHead;
}

interface CompiledView {
  readonly view: ServiceView;
  readonly routes: { readonly decision: RouteDecision };
}

/** The services of protocol `tcp` and `tls` in one configuration. Immutable, as the router is. */
export class ConnectionRoutes {
  private readonly routes = new Map<string, ConnectionRoute>();
  private readonly byExternalName = new Map<string, ConnectionRoute>();

  constructor(services: ReadonlyMap<string, CompiledView>) {
    for (const [service, { view, routes }] of services) {
      if (view.protocol !== 'tcp' && view.protocol !== 'tls') continue;
      const route = routeOf(view, routes.decision);
      this.routes.set(service, route);
      for (const { host } of view.endpoints) {
        const name = host.toLowerCase();
        // Two services at one host: the first keeps its name, whatever order the other views come in.
        const other = this.byExternalName.get(name);
        if (other === undefined || service < other.service) this.byExternalName.set(name, route);
      }
    }
  }

  byService(service: string): ConnectionRoute | undefined {
    return this.routes.get(service);
  }

  /** For a service outside of the mesh, which its clients know by the name of its host; in lower case. */
  byHostOfEndpoint(host: string): ConnectionRoute | undefined {
    return this.byExternalName.get(host);
  }
}

function routeOf({ service, port, protocol, policy }: ServiceView, decision: RouteDecision): ConnectionRoute {
  const head = new RequestHead(1);
  head.method = 'CONNECT';
  head.form = 'authority';
  head.authority = `${service}.mesh:${port}`;
  head.target = head.authority;
  const timeouts = connectionTimeouts(policy.timeouts);
  // What the decision refuses are requests of HTTP.
  return { service, tls: protocol === 'tls', head, decision: { ...decision, refusal: undefined, timeouts } };
}
