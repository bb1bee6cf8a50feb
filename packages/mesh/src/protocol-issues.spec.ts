import { expect, test } from 'vitest';
import { resourceSchema } from './resource.ts';
import { validateMesh } from './validate-mesh.ts';

const byHeader = { by: 'header', name: 'x-user' };
const bySource = { by: 'source' };
const sticky = (key: object) => ({
  kind: 'TrafficSplit',
  service: 'orders',
  weights: [{ version: 'v1', weight: 100 }],
  sticky: key,
});
const policy = (fields: object) => ({ kind: 'Policy', service: 'orders', ...fields });
const hashed = (hashKey: object) => policy({ loadBalancer: { algorithm: 'consistentHash', hashKey } });

test.each<[string, object]>([
  ['http', sticky(byHeader)],
  ['tcp', sticky(bySource)],
  ['http', hashed(byHeader)],
  ['tcp', hashed(bySource)],
  ['grpc', policy({ healthCheck: { type: 'grpc' } })],
  ['http2', policy({ healthCheck: { type: 'grpc' } })],
  ['http', policy({ healthCheck: {} })],
  ['http', policy({ rateLimits: [{ requests: 1 }] })],
])('a service of %s may have %j', (protocol, declared) => {
  const resources = [{ kind: 'Service', name: 'orders', protocol }, declared];
  const mesh = resources.map((resource) => resourceSchema.parse(resource));
  expect(validateMesh(mesh, { versions: { orders: ['v1'] } })).toEqual([]);
});

test.each(['http', 'tcp'])('%s may be wrapped in TLS on its way out', (protocol) => {
  const wrapped = resourceSchema.parse({ kind: 'Service', name: 'orders', protocol, tlsOrigination: {} });
  expect(validateMesh([wrapped], { versions: {} })).toEqual([]);
});
