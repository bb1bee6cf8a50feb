import { protocolIssues } from '@tulle/mesh/protocol-issues';
import type { Resource } from '@tulle/mesh/resource';
import { routeReferences } from '@tulle/mesh/route-references';
import { serviceSchema } from '@tulle/mesh/service';
import type { StandaloneConfig, StandaloneService } from './standalone-config.ts';

/** What is wrong between parts of the file, each of which is sound by itself. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Services = StandaloneConfig['services'];

export function contradictions(config: StandaloneConfig): Contradiction[] {
  const { services, identity } = config;
  return [
    ...listening(config),
    ...gateway(config),
    ...Object.entries(services).flatMap(([name, service]) =>
      [
        ...tls(service, identity !== undefined),
        ...endpointsTwice(service),
        ...split(service),
        ...rules(name, service, services),
      ].map(({ path, message }) => ({ path: ['services', name, ...path], message })),
    ),
    ...protocols(services),
  ];
}

function listening({ listen, local }: StandaloneConfig): Contradiction[] {
  const found: Contradiction[] = [];
  const { upstreams, admin: _admin, ...others } = listen;
  const none = Object.values({ ...others, ...upstreams }).every((address) => address === undefined);
  if (none)
    found.push({
      path: ['listen'],
      message:
        'name at least one of outbound, upstreams, inbound, dns, tlsPassthrough, gatewayHttp and gatewayHttps',
    });
  if (listen.inbound !== undefined && local === undefined)
    found.push({
      path: ['listen', 'inbound'],
      message: 'an inbound port needs `local`: where to send what comes in',
    });
  return found;
}

function gateway({ listen, gateway: declared, services }: StandaloneConfig): Contradiction[] {
  const { gatewayHttp, gatewayHttps } = listen;
  const found: Contradiction[] = [];
  if (declared === undefined) {
    const port = gatewayHttps === undefined ? 'gatewayHttp' : 'gatewayHttps';
    if (listen[port] === undefined) return [];
    return [{ path: ['listen', port], message: 'a gateway needs `gateway`: which hosts lead where' }];
  }
  if (gatewayHttps !== undefined && declared.certificates.length === 0)
    found.push({ path: ['gateway'], message: 'TLS needs `certificates`: what to show to whom' });
  if (gatewayHttp === undefined && gatewayHttps === undefined)
    found.push({
      path: ['gateway'],
      message: 'a gateway needs `listen.gatewayHttps` or `listen.gatewayHttp`',
    });
  for (const [index, { service }] of declared.routes.entries()) {
    const path = ['gateway', 'routes', index, 'service'];
    const target = services[service];
    if (target === undefined) found.push({ path, message: `this file has no service ${service}` });
    else if (target.protocol === 'tcp' || target.protocol === 'tls')
      found.push({ path, message: `${service} speaks ${target.protocol}, and a gateway lets in HTTP` });
  }
  return found;
}

function tls({ endpoints, tlsOrigination }: StandaloneService, hasIdentity: boolean): Contradiction[] {
  return endpoints.flatMap((endpoint, index) => {
    if (!endpoint.tls) return [];
    const path = ['endpoints', index, 'tls'];
    if (tlsOrigination !== undefined)
      return [
        { path, message: 'an agent stands there; `tlsOrigination` is for what is outside of the mesh' },
      ];
    return hasIdentity ? [] : [{ path, message: 'mutual TLS needs `identity`: a certificate of our own' }];
  });
}

function endpointsTwice({ endpoints }: StandaloneService): Contradiction[] {
  const seen = new Set<string>();
  return endpoints.flatMap(({ address }, index) => {
    const text = `${address.host} ${address.port}`;
    if (seen.has(text)) return [{ path: ['endpoints', index, 'address'], message: 'stands here twice' }];
    seen.add(text);
    return [];
  });
}

function split({ endpoints, split: weights, sticky }: StandaloneService): Contradiction[] {
  const unknown = (weights ?? []).filter(
    ({ version, weight }) => weight > 0 && !endpoints.some((one) => one.version === version),
  );
  return [
    ...unknown.map(({ version }) => ({
      path: ['split', version],
      message: `no endpoint has the version ${version}`,
    })),
    ...(sticky !== undefined && weights === undefined
      ? [{ path: ['sticky'], message: 'without a `split` there are no versions to stay with' }]
      : []),
  ];
}

function rules(
  name: string,
  { rules: declared = [] }: StandaloneService,
  services: Services,
): Contradiction[] {
  return routeReferences(name, declared).flatMap(({ path, service, version }) => {
    const target = services[service];
    if (target === undefined)
      return [{ path: ['rules', ...path, 'name'], message: `this file has no service ${service}` }];
    if (version === undefined || target.endpoints.some((one) => one.version === version)) return [];
    return [
      {
        path: ['rules', ...path, 'version'],
        message: `no endpoint of ${service} has the version ${version}`,
      },
    ];
  });
}

/** By the same rules as resources of the API; where fields stand in this file is where they stand in those. */
function protocols(services: Services): Contradiction[] {
  const resources = Object.entries(services).flatMap(([name, service]) => resourcesOf(name, service));
  return resources.flatMap((resource) =>
    protocolIssues(resource, resources, { versions: {} }).map(({ service, path, message }) => ({
      path: ['services', service, ...path],
      message,
    })),
  );
}

function resourcesOf(name: string, declared: StandaloneService): Resource[] {
  const {
    protocol,
    port,
    endpoints: _,
    split: weights,
    sticky,
    rules,
    tlsOrigination,
    allow: __,
    ...policy
  } = declared;
  const all: Resource[] = [
    serviceSchema.parse({ kind: 'Service', name, protocol, port, tlsOrigination }),
    { kind: 'Policy', service: name, ...policy },
  ];
  if (rules !== undefined) all.push({ kind: 'Route', service: name, rules });
  if (weights !== undefined) all.push({ kind: 'TrafficSplit', service: name, weights, sticky });
  return all;
}
