import { describe, expect, it } from 'vitest';
import { routeSchema } from './route.ts';

function issuesOf(...rules: object[]): [string, string][] {
  const { error } = routeSchema.safeParse({ kind: 'Route', service: 'orders', rules });
  return error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? [];
}
const exact = (value: string) => ({ path: { type: 'Exact', value } });
const prefix = (value: string) => ({ path: { type: 'PathPrefix', value } });
const limit = (name: string) => ({ type: 'RateLimit', rateLimit: { name, requests: 5 } });
const mirror = (version: string) => ({ type: 'RequestMirror', requestMirror: { backendRef: { version } } });
const modify = (changes: object) => ({ type: 'RequestHeaderModifier', requestHeaderModifier: changes });

describe('takes', () => {
  const twoValues = [
    { name: 'x-a', value: '1' },
    { name: 'x-a', value: '2' },
  ];
  it.each<[string, object[]]>([
    ['several values of one field', [{ filters: [modify({ add: twoValues })] }]],
    ['several mirrors and limits', [{ filters: [mirror('v1'), mirror('v2'), limit('a'), limit('b')] }]],
    ['a weight of 0 beside others', [{ backendRefs: [{ version: 'v1', weight: 0 }, { version: 'v2' }] }]],
    [
      'one version of two services',
      [
        {
          backendRefs: [
            { name: 'a', version: 'v1' },
            { name: 'b', version: 'v1' },
          ],
        },
      ],
    ],
    ['a try as long as the whole request', [{ timeouts: { requestMs: 100, perTryMs: 100 } }]],
    ['a limit of a try alone', [{ timeouts: { perTryMs: 100 } }]],
    ['a gRPC service without a method', [{ matches: [{ grpc: { service: 'shop.v1.Orders' } }] }]],
    ['a gRPC method without a service', [{ matches: [{ grpc: { method: 'Get' } }] }]],
    ['a path and its prefix', [{ matches: [exact('/a'), prefix('/a'), prefix('/a/b')] }]],
  ])('%s', (_what, rules) => {
    expect(issuesOf(...rules)).toEqual([]);
  });
});

describe('refuses', () => {
  const replacePrefix = { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } };
  it.each<[string, object[], string]>([
    [
      'a host that is added',
      [{ filters: [modify({ add: [{ name: 'Host', value: 'a' }] })] }],
      'rules.0.filters.0.requestHeaderModifier.add.0.name',
    ],
    [
      'what is set and added',
      [{ filters: [modify({ set: [{ name: 'a', value: '1' }], add: [{ name: 'a', value: '2' }] })] }],
      'rules.0.filters.0.requestHeaderModifier.add.0.name',
    ],
    [
      'what is added and removed',
      [{ filters: [modify({ add: [{ name: 'a', value: '2' }], remove: ['a'] })] }],
      'rules.0.filters.0.requestHeaderModifier.remove.0',
    ],
    [
      'a redirect that is rewritten',
      [
        {
          filters: [
            { type: 'RequestRedirect', requestRedirect: { hostname: 'a' } },
            { type: 'URLRewrite', urlRewrite: { hostname: 'b' } },
          ],
        },
      ],
      'rules.0.filters.1',
    ],
    [
      'a redirect that replaces a prefix where none is asked for',
      [{ matches: [exact('/a')], filters: [{ type: 'RequestRedirect', requestRedirect: replacePrefix }] }],
      'rules.0.filters.0.requestRedirect.path',
    ],
    ['everything behind every path', [{ matches: [prefix('/')] }, {}], 'rules.1'],
  ])('%s', (_what, rules, path) => {
    expect(issuesOf(...rules).map(([place]) => place)).toEqual([path]);
  });
});

describe('the size of regular expressions', () => {
  const many = (of: (value: string) => object) =>
    issuesOf(...Array.from({ length: 101 }, (_, index) => ({ matches: [of(`a{996}${index}`)] })));
  const expression = (value: string) => [{ type: 'RegularExpression', name: 'a', value }];

  it.each(['headers', 'queryParams', 'cookies'])('counts those of %s', (field) => {
    expect(many((value) => ({ [field]: expression(value) }))[0]?.[1]).toContain('too large together');
  });

  it('does not count what is no expression', () => {
    expect(many((value) => ({ headers: [{ name: 'a', value }] }))).toEqual([]);
  });
});
