import { accessRuleSchema } from '@tulle/mesh/access-rule';
import { policySchema } from '@tulle/mesh/policy';
import { routeSchema } from '@tulle/mesh/route';
import { serviceSchema } from '@tulle/mesh/service';
import { serviceViewSchema } from '@tulle/mesh/service-view';
import { compileServiceView } from '@tulle/mesh/snapshot';
import { trafficSplitSchema } from '@tulle/mesh/traffic-split';
import { expect, it } from 'vitest';
import { parseConfig } from './parse-config.ts';
import { viewsOf } from './views.ts';

const file = `self: { service: shop, zone: east }
listen: { outbound: 0 }
services:
  orders:
    protocol: grpc
    port: 50051
    endpoints:
      - { address: 10.0.0.1:9001, version: v1, zone: east }
      - { address: 10.0.0.2:9001, version: v2, weight: 3 }
    split: { v1: 90, v2: 10 }
    sticky: { by: header, name: X-User }
    rules:
      - name: canary
        matches: [{ grpc: { service: shop.Orders } }]
        backendRefs: [{ version: v2 }]
    tlsOrigination: { serverName: orders.example }
    allow: [shop]
    timeouts: { requestMs: 5000 }
    rateLimits: [{ requests: 100 }]
`;

it('is what the API would have made of the same resources', () => {
  const declared = {
    service: serviceSchema.parse({
      kind: 'Service',
      name: 'orders',
      protocol: 'grpc',
      port: 50_051,
      endpoints: [
        { host: '10.0.0.1', port: 9_001, version: 'v1', zone: 'east' },
        { host: '10.0.0.2', port: 9_001, version: 'v2', weight: 3 },
      ],
      tlsOrigination: { serverName: 'orders.example' },
    }),
    trafficSplit: trafficSplitSchema.parse({
      kind: 'TrafficSplit',
      service: 'orders',
      weights: [
        { version: 'v1', weight: 90 },
        { version: 'v2', weight: 10 },
      ],
      sticky: { by: 'header', name: 'x-user' },
    }),
    route: routeSchema.parse({
      kind: 'Route',
      service: 'orders',
      rules: [
        {
          name: 'canary',
          matches: [{ grpc: { service: 'shop.Orders' } }],
          backendRefs: [{ version: 'v2' }],
        },
      ],
    }),
    policy: policySchema.parse({
      kind: 'Policy',
      service: 'orders',
      timeouts: { requestMs: 5_000 },
      rateLimits: [{ requests: 100 }],
    }),
    accessRule: accessRuleSchema.parse({ kind: 'AccessRule', service: 'orders', allow: ['shop'] }),
  };
  const views = viewsOf(parseConfig(file, 'mesh.yaml'));
  const compiled = compileServiceView('orders', declared, []);
  expect(views).toEqual([compiled]);
  expect(serviceViewSchema.parse(compiled)).toEqual(compiled);
});

it('puts what a gateway lets in into the view of its own service, declared or not', () => {
  const text = (services: string) => `self: { service: edge }
listen: { gatewayHttp: 0 }
gateway: { routes: [{ hostnames: [a.example], service: shop }], httpsRedirect: {} }
services: { shop: { endpoints: [] }${services} }
`;
  const gateway = {
    routes: [{ hostnames: ['a.example'], service: 'shop' }],
    httpsRedirect: { statusCode: 308, port: 443 },
  };
  const [, undeclared] = viewsOf(parseConfig(text(''), 'mesh.yaml'));
  expect(undeclared).toEqual({ ...compileServiceView('edge', {}, []), gateway });
  const [, declared] = viewsOf(parseConfig(text(', edge: { port: 8080, endpoints: [] }'), 'mesh.yaml'));
  expect(declared).toMatchObject({ service: 'edge', port: 8_080, gateway });
});
