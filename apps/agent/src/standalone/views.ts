import type { ServiceView } from '@tulle/mesh/service-view';
import type { StandaloneConfig } from './standalone-config.ts';

/** The views an API would have compiled, from a file. */
export function viewsOf(config: StandaloneConfig): ServiceView[] {
  return Object.entries(config.services).map(([service, declared]) => {
    const { port, endpoints, split, timeouts, retries, connections, allow } = declared;
    const view: ServiceView = {
      service,
      protocol: 'http',
      port,
      policy: { timeouts, retries, connections },
      endpoints: endpoints.map(({ address, version, tls }) => ({
        id: `${address.host}:${address.port}`,
        version,
        host: address.host,
        port: address.port,
        tls,
      })),
    };
    if (split !== undefined) view.weights = split;
    if (allow !== undefined) view.allow = allow;
    return view;
  });
}
