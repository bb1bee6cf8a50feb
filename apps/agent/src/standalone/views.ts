import type { ServiceView } from '@tulle/mesh/service-view';
import { compileServiceView } from '@tulle/mesh/snapshot';
import type { StandaloneConfig } from './standalone-config.ts';

/** The views an API would have compiled, from a file. */
export function viewsOf(config: StandaloneConfig): ServiceView[] {
  const { self, gateway } = config;
  const views = servicesOf(config);
  if (gateway === undefined) return views;
  const { certificates: _, ...entry } = gateway;
  const own = views.find(({ service }) => service === self.service);
  const others = views.filter((view) => view !== own);
  return [...others, { ...(own ?? compileServiceView(self.service, {}, [])), gateway: entry }];
}

function servicesOf(config: StandaloneConfig): ServiceView[] {
  return Object.entries(config.services).map(([service, declared]) => {
    const { protocol, port, endpoints, split, sticky, rules, tlsOrigination, allow, ...policy } = declared;
    const view: ServiceView = {
      service,
      protocol,
      port,
      policy,
      endpoints: endpoints.map(({ address, ...endpoint }) => ({
        id: `${address.host}:${address.port}`,
        ...address,
        ...endpoint,
      })),
    };
    if (split !== undefined) view.weights = split;
    if (sticky !== undefined) view.sticky = sticky;
    if (rules !== undefined) view.rules = rules;
    if (tlsOrigination !== undefined) view.tlsOrigination = tlsOrigination;
    if (allow !== undefined) view.allow = allow;
    return view;
  });
}
