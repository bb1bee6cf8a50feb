import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffResource } from './change-diff.ts';
import { defaultPolicy, policySchema } from './policy.ts';
import { serviceSchema } from './service.ts';
import type { TrafficSplit } from './traffic-split.ts';

const plain = (changes: ReturnType<typeof diffResource>) =>
  changes.map((change) => change.sentence.replaceAll('\u2009', ' '));
const split = (...weights: [string, number][]): TrafficSplit => ({
  kind: 'TrafficSplit',
  service: 'orders',
  weights: weights.map(([version, weight]) => ({ version, weight })),
});

test('weights are told by version, whatever their order', () => {
  const changes = diffResource(split(['v1', 90], ['v2', 10]), split(['v2', 40], ['v1', 50], ['v3', 10]));
  expect(changes.map(({ path, from, to }) => [path, from, to])).toEqual([
    ['weights.v2', 10, 40],
    ['weights.v1', 90, 50],
    ['weights.v3', undefined, 10],
  ]);
  expect(plain(changes)).toEqual(['v2 10 % → 40 %', 'v1 90 % → 50 %', 'v3 none → 10 %']);
  expect(diffResource(split(['v1', 90], ['v2', 10]), split(['v2', 10], ['v1', 90]))).toEqual([]);
});

test('settings read with their units', () => {
  const policy = defaultPolicy('orders');
  const slower = { ...policy, timeouts: { ...policy.timeouts, connectMs: 2_500, requestMs: 0 } };
  expect(plain(diffResource(policy, slower))).toEqual([
    'timeouts connectMs 1 s → 2.5 s',
    'timeouts requestMs 30 s → no limit',
  ]);
});

test('names are added to and removed from lists', () => {
  const rule = (...allow: string[]) => ({ kind: 'AccessRule', service: 'orders', allow });
  expect(plain(diffResource(rule('web', 'cart'), rule('ads', 'web')))).toEqual([
    'allow ads added',
    'allow cart removed',
  ]);
});

test('a rule that names everybody or nobody says so', () => {
  const rule = (...allow: string[]) => ({ kind: 'AccessRule', service: '*', allow });
  expect(plain(diffResource(undefined, rule('*')))).toEqual(['allow every service added']);
  expect(plain(diffResource(rule('*'), rule()))).toEqual([
    'allow no service added',
    'allow every service removed',
  ]);
});

test('created, deleted and changed services', () => {
  const service = (owner: string, port: number) =>
    serviceSchema.parse({ kind: 'Service', name: 'orders', owner, endpoints: [{ host: 'db', port }] });
  expect(plain(diffResource(service('ana', 1), service('', 2)))).toEqual([
    'endpoints db:2 version v1 added',
    'owner ana removed',
    'endpoints db:1 version v1 removed',
  ]);
  expect(plain(diffResource(undefined, split(['v1', 100])))).toEqual(['v1 none → 100 %']);
  expect(plain(diffResource(split(['v1', 100]), undefined))).toEqual(['v1 100 % → none']);
});

test('a policy is told against the defaults that hold without one', () => {
  const policy = policySchema.parse({
    kind: 'Policy',
    service: 'orders',
    connections: { maxRequests: 50 },
    outlierDetection: { consecutiveFailures: 0, maxEjectedPercent: 30 },
    loadBalancer: { algorithm: 'consistentHash', hashKey: { by: 'header', name: 'X-User' } },
    rateLimits: [{ name: 'api', requests: 100, burst: 200, by: { key: 'source' } }],
  });
  const sentences = [
    'connections maxRequests no limit → 50',
    'loadBalancer algorithm peakEwma → consistentHash',
    'loadBalancer hashKey header x-user added',
    'outlierDetection consecutiveFailures 5 → off',
    'outlierDetection maxEjectedPercent 50 % → 30 %',
    'rateLimits api 100 requests in 1 s, 200 at once, for each source added',
  ];
  expect(plain(diffResource(undefined, policy))).toEqual(sentences);
  expect(plain(diffResource(policy, undefined))[0]).toBe('connections maxRequests 50 → no limit');
  expect(diffResource(undefined, defaultPolicy('orders'))).toEqual([]);
});

test('an address keeps its dots', () => {
  const at = (host: string) =>
    serviceSchema.parse({ kind: 'Service', name: 'orders', owner: '', endpoints: [{ host, port: 80 }] });
  expect(plain(diffResource(at('127.0.0.1'), at('db.example.com')))).toEqual([
    'endpoints db.example.com:80 version v1 added',
    'endpoints 127.0.0.1:80 version v1 removed',
  ]);
});

test('weights and zones of endpoints, and what is sticky', () => {
  const service = (endpoint: object) =>
    serviceSchema.parse({
      kind: 'Service',
      name: 'orders',
      endpoints: [{ host: 'db', port: 1, ...endpoint }],
    });
  expect(
    plain(diffResource(service({ version: 'v2', zone: 'east' }), service({ version: 'v2', weight: 5 }))),
  ).toEqual(['endpoints db:1 weight 5 added', 'endpoints db:1 zone east removed']);
  const sticky: TrafficSplit = { ...split(['v1', 100]), sticky: { by: 'cookie', name: 'sid' } };
  expect(plain(diffResource(split(['v1', 100]), sticky))).toEqual(['sticky cookie sid added']);
});

test('equal values have no difference and two ways are each other reversed', () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue());
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(diffResource(a, structuredClone(a))).toEqual([]);
      const there = new Map(diffResource(a, b).map(({ path, from, to }) => [path, [from, to]]));
      const back = new Map(diffResource(b, a).map(({ path, from, to }) => [path, [to, from]]));
      expect(there).toEqual(back);
    }),
  );
});

test('a gateway is told by its hosts, wherever they stand', () => {
  const gateway = (routes: object[], more = {}) => ({ kind: 'Gateway', service: 'edge', routes, ...more });
  const before = gateway([
    { hostnames: ['a.com', 'b.com'], service: 'one' },
    { hostnames: ['c.com'], service: 'two' },
  ]);
  const after = gateway(
    [
      { hostnames: ['c.com', 'a.com'], service: 'two' },
      { hostnames: ['*.d.com'], service: 'one' },
    ],
    { httpsRedirect: { statusCode: 308, port: 443 } },
  );
  expect(diffResource(before, after).map(({ sentence }) => sentence)).toEqual([
    'a.com one → two',
    '*.d.com nowhere → one',
    'httpsRedirect statusCode 308 added',
    'httpsRedirect port 443 added',
    'b.com one → nowhere',
  ]);
});
