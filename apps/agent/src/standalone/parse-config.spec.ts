import { describe, expect, it } from 'vitest';
import { parseConfig, StandaloneConfigError } from './parse-config.ts';

const good = `self: { service: caller }
listen:
  outbound: 127.0.0.1:4140
  upstreams: { orders: 0 }
services:
  orders:
    endpoints:
      - address: 127.0.0.1:8081
      - { address: "[::1]:8082", version: v2 }
    split: { v1: 70, v2: 30 }
    timeouts: { requestMs: 5000 }
`;

function issuesOf(text: string): string[] {
  try {
    parseConfig(text, 'mesh.yaml');
  } catch (error) {
    if (error instanceof StandaloneConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

it('reads a file and fills in what is left out', () => {
  const { self, listen, services } = parseConfig(good, 'mesh.yaml');
  expect(self).toEqual({ service: 'caller', version: 'v1' });
  expect(listen).toEqual({
    outbound: { host: '127.0.0.1', port: 4140 },
    upstreams: { orders: { host: '127.0.0.1', port: 0 } },
  });
  expect(services.orders).toMatchObject({
    port: 80,
    endpoints: [
      { address: { host: '127.0.0.1', port: 8081 }, version: 'v1', tls: false },
      { address: { host: '::1', port: 8082 }, version: 'v2' },
    ],
    split: [
      { version: 'v1', weight: 70 },
      { version: 'v2', weight: 30 },
    ],
    timeouts: { connectMs: 1_000, requestMs: 5_000 },
    retries: { attempts: 2 },
  });
});

describe('a mistake is named with its line', () => {
  const cases: [string, string, string, RegExp][] = [
    ['broken YAML', 'v2: 30 }', 'v2: 30', /^mesh.yaml:1[01]:\d+: /],
    ['a key written twice', 'self:', 'self: { service: x }\nself:', /^mesh.yaml:2:1: .*unique/],
    [
      'an unknown setting',
      'timeouts:',
      'timeout:',
      /^mesh.yaml:11:5: services.orders: there is no setting called timeout$/,
    ],
    [
      'a weight too few',
      'v2: 30',
      'v2: 20',
      /^mesh.yaml:10:5: services.orders.split: weights must sum to 100, these sum to 90$/,
    ],
    [
      'a version without an endpoint',
      'v2: 30',
      'v3: 30',
      /^mesh.yaml:10:\d+: services.orders.split.v3: no endpoint has the version v3$/,
    ],
    ['a negative number', '5000', '-1', /^mesh.yaml:11:17: services.orders.timeouts.requestMs: /],
    [
      'an address without a port',
      'address: 127.0.0.1:8081',
      'address: orders',
      /^mesh.yaml:8:9: services.orders.endpoints.0.address: write it as host:port/,
    ],
    ['a port too high', ':8081', ':88888', /^mesh.yaml:8:9: .*host:port/],
    ['a bad name', 'service: caller', 'service: Caller_1', /^mesh.yaml:1:9: self.service: lower-case/],
    [
      'mutual TLS without an identity',
      'version: v2 }',
      'tls: true }',
      /^mesh.yaml:9:\d+: services.orders.endpoints.1.tls: mutual TLS needs/,
    ],
    [
      'nothing to listen on',
      '  outbound: 127.0.0.1:4140\n  upstreams: { orders: 0 }',
      '  upstreams: {}',
      /^mesh.yaml:2:1: listen: name at least one/,
    ],
    [
      'an inbound port without a service',
      'outbound: 127.0.0.1:4140',
      'inbound: 4143',
      /^mesh.yaml:3:3: listen.inbound: an inbound port needs `local`/,
    ],
    [
      'the same endpoint twice',
      'address: "[::1]:8082"',
      'address: 127.0.0.1:8081',
      /^mesh.yaml:9:\d+: services.orders.endpoints.1.address: stands here twice/,
    ],
  ];

  it.each(cases)('%s', (_what, from, to, expected) => {
    expect(good).toContain(from);
    expect(issuesOf(good.replace(from, to))[0]).toMatch(expected);
  });

  const gateway = `self: { service: edge }
listen: { gatewayHttps: 8443 }
gateway:
  certificates: [{ certificate: a.crt, key: a.key }]
  routes:
    - { hostnames: [shop.example.com, "*.example.com"], service: shop }
    - { hostnames: [example.com], service: shop }
services:
  shop:
    endpoints: [{ address: 8081 }]
`;
  const gatewayCases: [string, string, string, RegExp][] = [
    [
      'a host twice',
      '[example.com]',
      '[example.com, "*.example.com"]',
      /^mesh.yaml:7:\d+: gateway.routes.1.hostnames.1: \*.example.com stands here twice$/,
    ],
    [
      'a host that is an address',
      '[example.com]',
      '[127.0.0.1]',
      /^mesh.yaml:7:\d+: gateway.routes.1.hostnames.0: a name/,
    ],
    [
      'a host that leads nowhere',
      'hostnames: [example.com], service: shop',
      'hostnames: [example.com], service: nobody',
      /^mesh.yaml:7:\d+: gateway.routes.1.service: this file has no service nobody$/,
    ],
    [
      'a host that leads to bytes',
      'shop:\n',
      'shop:\n    protocol: tcp\n',
      /^mesh.yaml:6:\d+: gateway.routes.0.service: shop speaks tcp, and a gateway lets in HTTP$/,
    ],
    [
      'TLS without a certificate',
      'certificates: [{ certificate: a.crt, key: a.key }]',
      'certificates: []',
      /^mesh.yaml:3:1: gateway: TLS needs `certificates`/,
    ],
    [
      'a gateway without a port',
      'gatewayHttps',
      'outbound',
      /^mesh.yaml:3:1: gateway: a gateway needs `listen.gatewayHttps`/,
    ],
    [
      'a port without a gateway',
      gateway.slice(gateway.indexOf('gateway:'), gateway.indexOf('services:')),
      '',
      /^mesh.yaml:2:\d+: listen.gatewayHttps: a gateway needs `gateway`/,
    ],
    [
      'a redirect that is not for good',
      'services:',
      '  httpsRedirect: { statusCode: 302 }\nservices:',
      /^mesh.yaml:8:\d+: gateway.httpsRedirect.statusCode: /,
    ],
  ];

  it.each(gatewayCases)('%s, at a gateway', (_what, from, to, expected) => {
    expect(issuesOf(gateway)).toEqual([]);
    expect(gateway).toContain(from);
    expect(issuesOf(gateway.replace(from, to))[0]).toMatch(expected);
  });

  const ruled = `self: { service: caller }
listen: { outbound: 4140 }
services:
  orders:
    endpoints: [{ address: 8081 }, { address: 8082, version: v2 }]
    rules:
      - name: canary
        matches:
          - path: { type: PathPrefix, value: /api }
            headers: [{ name: x-beta, value: "1" }]
        filters:
          - type: RequestMirror
            requestMirror: { backendRef: { name: audit } }
        backendRefs: [{ version: v2 }]
  audit:
    endpoints: [{ address: 8090 }]
`;
  const ruledCases: [string, string, string, RegExp][] = [
    [
      'a backend nobody knows',
      'version: v2 }]\n  audit',
      'name: nobody }]\n  audit',
      /^mesh.yaml:14:\d+: services.orders.rules.0.backendRefs.0.name: this file has no service nobody$/,
    ],
    [
      'a version nobody runs',
      'backendRefs: [{ version: v2',
      'backendRefs: [{ version: v3',
      /^mesh.yaml:14:\d+: services.orders.rules.0.backendRefs.0.version: no endpoint of orders has the version v3$/,
    ],
    [
      'a mirror to nobody',
      'name: audit } }',
      'name: other } }',
      /^mesh.yaml:13:\d+: services.orders.rules.0.filters.0.requestMirror.backendRef.name: this file has no service other$/,
    ],
    [
      'a number where text is meant',
      'value: "1"',
      'value: 1',
      /^mesh.yaml:10:\d+: services.orders.rules.0.matches.0.headers.0.value: must be text; put it in quotes$/,
    ],
    [
      'a costly expression',
      'type: PathPrefix, value: /api',
      'type: RegularExpression, value: "(a)\\\\1"',
      /^mesh.yaml:9:\d+: services.orders.rules.0.matches.0.path.value: .*at character 4, backreferences/,
    ],
    [
      'an unknown filter',
      'type: RequestMirror',
      'type: Mirror',
      /^mesh.yaml:12:\d+: services.orders.rules.0.filters.0.type: /,
    ],
    [
      'a setting of a rule that is unknown',
      'name: canary',
      'names: canary',
      /^mesh.yaml:7:9: services.orders.rules.0: there is no setting called names$/,
    ],
    [
      'rules of a service of bytes',
      'orders:\n',
      'orders:\n    protocol: tcp\n',
      /^mesh.yaml:7:5: services.orders.rules: orders speaks tcp, and rules read HTTP.$/,
    ],
    [
      'a backend of bytes',
      'audit:\n',
      'audit:\n    protocol: tcp\n',
      /^mesh.yaml:13:\d+: services.orders.rules.0.filters.0.requestMirror.backendRef.name: audit speaks tcp/,
    ],
    [
      'sticky without a split',
      'audit:\n',
      'audit:\n    sticky: { by: source }\n',
      /^mesh.yaml:16:5: services.audit.sticky: without a `split`/,
    ],
    [
      'TLS outside to an agent inside',
      '[{ address: 8090 }]',
      '[{ address: 8090, tls: true }]\n    tlsOrigination: {}',
      /^mesh.yaml:16:\d+: services.audit.endpoints.0.tls: an agent stands there/,
    ],
    [
      'a policy that contradicts itself',
      'audit:\n',
      'audit:\n    timeouts: { requestMs: 10, perTryMs: 20 }\n',
      /^mesh.yaml:16:\d+: services.audit.timeouts.perTryMs: one try cannot take longer/,
    ],
  ];
  it.each(ruledCases)('%s', (_what, from, to, expected) => {
    expect(ruled).toContain(from);
    expect(issuesOf(ruled)).toEqual([]);
    expect(issuesOf(ruled.replace(from, to))[0]).toMatch(expected);
  });

  it('each of several', () => {
    expect(issuesOf(good.replace('v2: 30', 'v2: 20').replace('service: caller', 'service: 7'))).toHaveLength(
      2,
    );
  });

  it.each(['', '[]', 'hello'])('a file that holds %j', (text) => {
    expect(issuesOf(text)[0]).toMatch(/^mesh.yaml:1:1: /);
  });
});
