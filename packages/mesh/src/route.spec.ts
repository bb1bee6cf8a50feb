import { describe, expect, it } from 'vitest';
import { routeSchema } from './route.ts';

const parse = (...rules: object[]) => routeSchema.safeParse({ kind: 'Route', service: 'orders', rules });
function issuesOf(...rules: object[]): [string, string][] {
  return parse(...rules).error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? [];
}
const exact = (value: string) => ({ path: { type: 'Exact', value } });
const prefix = (value: string) => ({ path: { type: 'PathPrefix', value } });
const regexp = (value: string) => ({ path: { type: 'RegularExpression', value } });
const redirect = { type: 'RequestRedirect', requestRedirect: { hostname: 'example.com' } };
const rewritePrefix = {
  type: 'URLRewrite',
  urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } },
};
const limit = { type: 'RateLimit', rateLimit: { requests: 5 } };

it('takes a rule with every field and fills in what is left out', () => {
  const full = {
    name: 'canary',
    matches: [
      {
        ...prefix('/api'),
        method: 'GET',
        headers: [{ name: 'X-Beta', value: '1' }],
        queryParams: [{ type: 'RegularExpression', name: 'page', value: '[0-9]+' }],
        cookies: [{ name: 'tester', value: 'yes' }],
        source: 'web',
      },
      { grpc: { service: 'shop.v1.Orders', method: 'Get' } },
    ],
    filters: [
      {
        type: 'RequestHeaderModifier',
        requestHeaderModifier: { set: [{ name: 'x-a', value: '1' }], remove: ['x-b'] },
      },
      { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'x-c', value: 'd' }] } },
      { type: 'URLRewrite', urlRewrite: { hostname: 'orders.internal' } },
      { type: 'RequestMirror', requestMirror: { backendRef: { version: 'v3' } } },
      { type: 'Fault', fault: { delay: { delayMs: 100, percent: 5 }, abort: {} } },
      limit,
    ],
    backendRefs: [{ version: 'v2', weight: 9 }, { name: 'legacy' }],
    timeouts: { requestMs: 5_000, perTryMs: 1_000 },
    retries: { attempts: 3, on: ['server-error'] },
    sticky: { by: 'cookie', name: 'session' },
  };
  const [rule] = parse(full, {}).data?.rules ?? [];
  expect(rule).toMatchObject({
    ...full,
    matches: [{ headers: [{ type: 'Exact', name: 'x-beta' }] }, { headers: [], cookies: [] }],
    filters: [
      { requestHeaderModifier: { add: [] } },
      {},
      {},
      { requestMirror: { percent: 100 } },
      { fault: { abort: { status: 503, grpcStatus: 14, percent: 100 } } },
      { rateLimit: { name: 'default', perMs: 1_000, by: { key: 'all' } } },
    ],
    backendRefs: [{ weight: 9, filters: [] }, { weight: 1 }],
    retries: { attempts: 3, on: ['server-error'], methods: 'idempotent' },
  });
  expect(parse({}).data?.rules).toEqual([{ matches: [], filters: [], backendRefs: [] }]);
});

describe('refuses, and says where', () => {
  const cases: [string, object[], string, string][] = [
    ['an unknown key', [{ match: [] }], 'rules.0', 'there is no field match'],
    ['no rules', [], 'rules', 'at least 1 item'],
    [
      'a path without a slash',
      [{ matches: [exact('a')] }],
      'rules.0.matches.0.path.value',
      'a path that begins with /',
    ],
    [
      'a query in a path',
      [{ matches: [exact('/a?b')] }],
      'rules.0.matches.0.path.value',
      'no ?, # or bare %',
    ],
    ['a bare percent sign', [{ matches: [exact('/100%')] }], 'rules.0.matches.0.path.value', 'bare %'],
    [
      'a path in another form',
      [{ matches: [exact('/%61%2f')] }],
      'rules.0.matches.0.path.value',
      'write it as /a%2F',
    ],
    ['a dot segment', [{ matches: [prefix('/a/../b')] }], 'rules.0.matches.0.path.value', 'never matches'],
    [
      'a backreference',
      [{ matches: [regexp('(a)\\1')] }],
      'rules.0.matches.0.path.value',
      'backreferences cannot run in linear time',
    ],
    [
      'look-around in a header',
      [{ matches: [{ headers: [{ type: 'RegularExpression', name: 'x', value: '(?=a)' }] }] }],
      'rules.0.matches.0.headers.0.value',
      'look-around',
    ],
    [
      'a method in small letters',
      [{ matches: [{ method: 'get' }] }],
      'rules.0.matches.0.method',
      'a method in capitals',
    ],
    [
      'a field of one connection',
      [{ matches: [{ headers: [{ name: 'Connection', value: 'x' }] }] }],
      'rules.0.matches.0.headers.0.name',
      'belongs to one connection',
    ],
    [
      'a field of the mesh',
      [{ matches: [{ headers: [{ name: 'x-tulle-source', value: 'x' }] }] }],
      'rules.0.matches.0.headers.0.name',
      'belongs to the mesh',
    ],
    [
      'a header twice',
      [
        {
          matches: [
            {
              headers: [
                { name: 'a', value: '1' },
                { name: 'A', value: '2' },
              ],
            },
          ],
        },
      ],
      'rules.0.matches.0.headers.1.name',
      'a stands here twice',
    ],
    [
      'grpc without anything',
      [{ matches: [{ grpc: {} }] }],
      'rules.0.matches.0.grpc',
      'name a service, a method or both',
    ],
    [
      'grpc with a path',
      [{ matches: [{ ...exact('/a'), grpc: { method: 'Get' } }] }],
      'rules.0.matches.0.grpc',
      'leave one of the two out',
    ],
    [
      'a change of the host by header',
      [
        {
          filters: [
            { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'Host', value: 'a' }] } },
          ],
        },
      ],
      'rules.0.filters.0.requestHeaderModifier.set.0.name',
      'URLRewrite',
    ],
    [
      'set and remove of one header',
      [
        {
          filters: [
            {
              type: 'RequestHeaderModifier',
              requestHeaderModifier: { set: [{ name: 'a', value: '1' }], remove: ['a'] },
            },
          ],
        },
      ],
      'rules.0.filters.0.requestHeaderModifier.remove.0',
      'a stands here twice',
    ],
    [
      'a line break in a value',
      [
        {
          filters: [
            {
              type: 'ResponseHeaderModifier',
              responseHeaderModifier: { set: [{ name: 'a', value: 'b\r\nc: d' }] },
            },
          ],
        },
      ],
      'rules.0.filters.0.responseHeaderModifier.set.0.value',
      'no control characters',
    ],
    [
      'two rewrites',
      [
        {
          filters: [
            { type: 'URLRewrite', urlRewrite: { hostname: 'a' } },
            { type: 'URLRewrite', urlRewrite: { hostname: 'b' } },
          ],
        },
      ],
      'rules.0.filters.1',
      'one URLRewrite at most',
    ],
    [
      'a rewrite of nothing',
      [{ filters: [{ type: 'URLRewrite', urlRewrite: {} }] }],
      'rules.0.filters.0.urlRewrite',
      'name a hostname or a path',
    ],
    [
      'a redirect to where one is',
      [{ filters: [{ type: 'RequestRedirect', requestRedirect: {} }] }],
      'rules.0.filters.0.requestRedirect',
      'name what differs',
    ],
    [
      'a redirect with backends',
      [{ filters: [redirect], backendRefs: [{ version: 'v1' }] }],
      'rules.0.backendRefs',
      'so it has no backends',
    ],
    [
      'a redirect with a mirror',
      [{ filters: [redirect, { type: 'RequestMirror', requestMirror: { backendRef: { name: 'a' } } }] }],
      'rules.0.filters.1',
      'RequestMirror has no effect',
    ],
    [
      'a prefix replaced without one',
      [{ matches: [prefix('/a'), exact('/b')], filters: [rewritePrefix] }],
      'rules.0.filters.0.urlRewrite.path',
      'needs a PathPrefix in every match',
    ],
    [
      'a prefix replaced for every request',
      [{ filters: [rewritePrefix] }],
      'rules.0.filters.0.urlRewrite.path',
      'needs a PathPrefix',
    ],
    [
      'a mirror to itself',
      [{ filters: [{ type: 'RequestMirror', requestMirror: { backendRef: {} } }] }],
      'rules.0.filters.0.requestMirror.backendRef',
      'name a service, a version or both',
    ],
    [
      'a fault that does nothing',
      [{ filters: [{ type: 'Fault', fault: { header: 'x-test' } }] }],
      'rules.0.filters.0.fault',
      'name a delay, an abort or both',
    ],
    [
      'limits of one name',
      [{ filters: [limit, limit] }],
      'rules.0.filters.1.rateLimit.name',
      'two limits called default',
    ],
    [
      'backends that get nothing',
      [{ backendRefs: [{ version: 'v1', weight: 0 }] }],
      'rules.0.backendRefs',
      'all weights are 0',
    ],
    [
      'a backend twice',
      [{ backendRefs: [{ version: 'v1' }, { version: 'v1', weight: 2 }] }],
      'rules.0.backendRefs.1',
      'add the weights up',
    ],
    [
      'a try longer than all',
      [{ timeouts: { requestMs: 100, perTryMs: 200 } }],
      'rules.0.timeouts.perTryMs',
      'longer than the whole request',
    ],
    ['too many retries', [{ retries: { attempts: 11 } }], 'rules.0.retries.attempts', 'at most 10'],
    [
      'a name twice',
      [
        { name: 'a', matches: [exact('/a')] },
        { name: 'a', matches: [exact('/b')] },
      ],
      'rules.1.name',
      'two rules called a',
    ],
    [
      'two rules for everything',
      [{ name: 'all' }, {}],
      'rules.1',
      'never decides: rule all asks for the same before',
    ],
    [
      'equal matches in another order',
      [
        {
          matches: [
            {
              headers: [
                { name: 'a', value: '1' },
                { name: 'b', value: '2' },
              ],
            },
          ],
        },
        {
          matches: [
            { method: 'PUT' },
            {
              headers: [
                { name: 'B', value: '2' },
                { name: 'a', value: '1' },
              ],
            },
          ],
        },
      ],
      'rules.1.matches.1',
      'never decides: rule 1 asks',
    ],
    [
      'one prefix with and without a slash',
      [{ matches: [prefix('/a/'), prefix('/a')] }],
      'rules.0.matches.1',
      'never decides: this rule asks',
    ],
  ];
  it.each(cases)('%s', (_what, rules, path, message) => {
    const issues = issuesOf(...rules);
    expect(issues.map(([place]) => place)).toContain(path);
    expect(issues.find(([place]) => place === path)?.[1]).toContain(message);
  });
});

it('bounds what agents compile', () => {
  const matches = (rule: number) => Array.from({ length: 64 }, (_, index) => exact(`/${rule}/${index}`));
  const rules = Array.from({ length: 157 }, (_, index) => ({ matches: matches(index) }));
  expect(issuesOf(...rules)).toEqual([['rules', 'these are 10048 matches; a Route has 10000 at most']]);
  const large = Array.from({ length: 101 }, (_, index) => ({ matches: [regexp(`a{996}${index}`)] }));
  expect(issuesOf(...large)[0]?.[1]).toMatch(/too large together: 10\d+ steps, 100000 are allowed/);
});

// A hundred times as long as it takes: each with each other would take longer.
it('checks as many rules as there may be before long', { timeout: 30_000 }, () => {
  const rules = Array.from({ length: 2_000 }, (_, index) => ({
    name: `r${index}`,
    matches: [prefix(`/a/${index}`)],
  }));
  expect(issuesOf(...rules)).toEqual([]);
});
