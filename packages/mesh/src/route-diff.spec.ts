import { expect, test } from 'vitest';
import { diffResource } from './change-diff.ts';
import { type Route, routeSchema } from './route.ts';
import { describeRule } from './route-words.ts';

const plain = (text: string) => text.replaceAll('\u2009', ' ');
const route = (...rules: object[]): Route => routeSchema.parse({ kind: 'Route', service: 'orders', rules });
const sentences = (before: Route | undefined, after: Route | undefined) =>
  diffResource(before, after).map(({ sentence }) => plain(sentence));

const path = (value: string, type = 'PathPrefix') => ({ path: { type, value } });
const header = (name: string, value: string) => ({ headers: [{ name, value }] });
const canary = { name: 'canary', matches: [header('x-beta', '1')], backendRefs: [{ version: 'v2' }] };

test('a rule that comes or goes is one sentence', () => {
  expect(sentences(undefined, route(canary))).toEqual(['rule canary added: header x-beta = 1 → to v2']);
  expect(sentences(route(canary, { name: 'rest' }), route({ name: 'rest' }))).toEqual([
    'rule canary removed: header x-beta = 1 → to v2',
  ]);
});

test('what changes in a rule is told by what it says', () => {
  const before = route({
    ...canary,
    backendRefs: [{ version: 'v2' }, { version: 'v1', weight: 3 }],
    timeouts: { requestMs: 1_000 },
    retries: { attempts: 1 },
    filters: [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'audit' }, percent: 5 } }],
  });
  const after = route({
    ...canary,
    matches: [header('x-beta', '1'), { ...path('/new'), method: 'GET', source: 'web' }],
    backendRefs: [{ version: 'v2', weight: 2 }, { name: 'legacy' }],
    timeouts: { requestMs: 0 },
    retries: { attempts: 1, on: ['unavailable'] },
    sticky: { by: 'cookie', name: 'sid' },
    filters: [{ type: 'Fault', fault: { delay: { delayMs: 2_000, percent: 10 }, header: 'x-test' } }],
  });
  expect(sentences(before, after)).toEqual([
    'rule canary: GET and path /new/… and from web added',
    'rule canary: to v2 weight 1 → weight 2',
    'rule canary: to legacy weight 1 added',
    'rule canary: delay 2 s for 10 % of requests with header x-test added',
    'rule canary: requestMs 1 s → no limit',
    'rule canary: retries up to 1 retry on reset → up to 1 retry on unavailable',
    'rule canary: sticky by cookie sid added',
    'rule canary: to v1 weight 3 removed',
    'rule canary: mirror 5 % to audit removed',
  ]);
  expect(sentences(after, after)).toEqual([]);
});

test('rules without a name are known by what they match, and their order is told', () => {
  const [a, b, c] = [
    { matches: [path('/a')] },
    { matches: [path('/b', 'Exact')] },
    { matches: [path('/c')] },
  ];
  const slower = { ...b, timeouts: { perTryMs: 50 } };
  expect(sentences(route(a, b), route(c, a, slower))).toEqual([
    'rule path /c/… added: path /c/… → by the split',
    'rule path = /b: perTryMs 50 ms added',
  ]);
  expect(sentences(route(a, b, c), route(a, c, b))).toEqual([
    'order of rules path = /b and path /c/… → path /c/… and path = /b',
  ]);
});

test('rules that begin alike are told apart', () => {
  const many = (last: string) => ({ matches: ['/a', '/b', '/c', last].map((value) => path(value)) });
  expect(
    sentences(
      route(many('/d')),
      route(many('/d'), { matches: ['/e', '/f', '/g', '/h'].map((value) => path(value)) }),
    ),
  ).toHaveLength(1);
  expect(sentences(route(many('/d')), route(many('/e')))).toEqual([
    expect.stringContaining('added: path /a/… or path /b/… or path /c/… or path /e/…'),
    expect.stringContaining('removed: path /a/… or path /b/… or path /c/… or path /d/…'),
  ]);
});

test('every filter has words', () => {
  const rule = route({
    matches: [path('/api')],
    filters: [
      {
        type: 'RequestHeaderModifier',
        requestHeaderModifier: { set: [{ name: 'a', value: '1' }], remove: ['c'] },
      },
      { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'b', value: '2' }] } },
      {
        type: 'URLRewrite',
        urlRewrite: { hostname: 'old', path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/v1' } },
      },
      { type: 'RequestMirror', requestMirror: { backendRef: { name: 'audit', version: 'v3' } } },
      { type: 'Fault', fault: { abort: { percent: 1 } } },
      { type: 'RateLimit', rateLimit: { name: 'api', requests: 10, by: { key: 'header', name: 'x-user' } } },
    ],
    backendRefs: [
      { version: 'v1', weight: 9 },
      {
        version: 'v2',
        filters: [
          { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x', value: 'y' }] } },
        ],
      },
    ],
  }).rules[0];
  expect(rule && describeRule(rule).does.map(plain)).toEqual([
    'to v1 90 %, v2 10 %, set request header x = y for v2',
    'set request header a = 1',
    'remove request header c',
    'add response header b = 2',
    'rewrite host to old',
    'rewrite prefix to /v1',
    'mirror 100 % to audit v3',
    'answer 503 (gRPC 14) to 1 %',
    'limit api: 10 requests in 1 s, for each header x-user',
  ]);
  const redirect = route({
    filters: [
      {
        type: 'RequestRedirect',
        requestRedirect: {
          scheme: 'https',
          port: 8443,
          path: { type: 'ReplaceFullPath', replaceFullPath: '/x' },
          statusCode: 308,
        },
      },
    ],
  }).rules[0];
  expect(redirect && describeRule(redirect)).toEqual({
    title: 'every request',
    when: ['every request'],
    does: ['redirect 308 to https, port 8443, path to /x'],
  });
});
