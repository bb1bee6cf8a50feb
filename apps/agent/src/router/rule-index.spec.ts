import { type RouteMatch, routeMatchSchema } from '@tulle/mesh/route';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { candidateOf } from './candidate.ts';
import { matchablePath } from './matchable-path.ts';
import { requestFor } from './request.spec-support.ts';
import { RuleIndex } from './rule-index.ts';

type Declared = z.input<typeof routeMatchSchema>;
type Rules = readonly (readonly [backend: string, ...matches: Declared[]])[];

function indexOf(rules: Rules): RuleIndex<string> {
  return new RuleIndex(
    rules.flatMap(([backend, ...matches]) =>
      matches.map((match) => candidateOf(routeMatchSchema.parse(match), backend)),
    ),
  );
}

function found(
  rules: Rules,
  target: string,
  request: Parameters<typeof requestFor>[1] = {},
  source = 'caller',
): string | undefined {
  const head = requestFor(target, request);
  return indexOf(rules).find(matchablePath(head.path), head, source);
}

const exact = (value: string): Declared => ({ path: { type: 'Exact', value } });
const prefix = (value: string): Declared => ({ path: { type: 'PathPrefix', value } });
const regexp = (value: string): Declared => ({ path: { type: 'RegularExpression', value } });
const header = (name: string, value: string): Declared => ({ headers: [{ name, value }] });
const query = (...pairs: [string, string][]): Declared => ({
  queryParams: pairs.map(([name, value]) => ({ name, value })),
});

describe('cases of the conformance tests of the Gateway API', () => {
  it.each([
    ['/match/exact/one', 'v3'],
    ['/match/exact', 'v2'],
    ['/match', 'v1'],
    ['/match/prefix/one/any', 'v2'],
    ['/match/prefix/any', 'v1'],
    ['/match/any', 'v3'],
  ])('path order: %s goes to %s', (path, backend) => {
    const rules: Rules = [
      ['v3', prefix('/match')],
      ['v1', prefix('/match/prefix')],
      ['v2', prefix('/match/prefix/one')],
      ['v1', exact('/match')],
      ['v2', exact('/match/exact')],
      ['v3', exact('/match/exact/one')],
    ];
    expect(found(rules, path)).toBe(backend);
    expect(found(rules.toReversed(), path)).toBe(backend);
  });

  it.each([
    ['/', { Version: 'one' }, 'v1'],
    ['/', { Version: 'two' }, 'v2'],
    ['/', { Version: 'two', Color: 'orange' }, 'v1'],
    ['/', { Version: 'two', Color: 'blue' }, 'v2'],
    ['/', { Color: 'orange' }, undefined],
    ['/', { 'Some-Other-Header': 'one' }, undefined],
    ['/', { Color: 'blue' }, 'v1'],
    ['/', { Color: 'green' }, 'v1'],
    ['/', { Color: 'red' }, 'v2'],
    ['/', { Color: 'yellow' }, 'v2'],
    ['/', { Color: 'purple' }, undefined],
  ])('headers: %s with %j goes to %s', (path, fields: Record<string, string>, backend) => {
    const rules: Rules = [
      ['v1', header('version', 'one')],
      ['v2', header('version', 'two')],
      [
        'v1',
        {
          headers: [
            { name: 'version', value: 'two' },
            { name: 'color', value: 'orange' },
          ],
        },
      ],
      ['v1', header('color', 'blue'), header('color', 'green')],
      ['v2', header('color', 'red'), header('color', 'yellow')],
    ];
    expect(found(rules, path, { fields })).toBe(backend);
  });

  it.each([
    ['/?animal=whale', {}, 'v1'],
    ['/?animal=dolphin', {}, 'v2'],
    ['/?animal=dolphin&color=blue', {}, 'v3'],
    ['/?ANIMAL=Whale', {}, 'v3'],
    ['/?animal=whale&otherparam=irrelevant', {}, 'v1'],
    ['/?animal=dolphin&color=yellow', {}, 'v2'],
    ['/?color=blue', {}, undefined],
    ['/?animal=dog', {}, undefined],
    ['/?animal=whaledolphin', {}, undefined],
    ['/', {}, undefined],
    ['/path1?animal=whale', {}, 'v1'],
    ['/?animal=whale', { version: 'one' }, 'v2'],
    ['/path2?animal=whale', { version: 'two' }, 'v3'],
    ['/path3?animal=shark', {}, 'v1'],
    ['/path4?animal=kraken', { version: 'three' }, 'v1'],
    ['/?animal=shark', {}, undefined],
    ['/path4?animal=kraken', {}, undefined],
    ['/path5?animal=hydra', {}, 'v1'],
    ['/?animal=hydra', { version: 'four' }, 'v3'],
  ])('query: %s with %j goes to %s', (target, fields: Record<string, string>, backend) => {
    const rules: Rules = [
      ['v1', query(['animal', 'whale'])],
      ['v2', query(['animal', 'dolphin'])],
      ['v3', query(['animal', 'dolphin'], ['color', 'blue']), query(['ANIMAL', 'Whale'])],
      ['v1', { ...prefix('/path1'), ...query(['animal', 'whale']) }],
      ['v2', { ...header('version', 'one'), ...query(['animal', 'whale']) }],
      ['v3', { ...prefix('/path2'), ...header('version', 'two'), ...query(['animal', 'whale']) }],
      [
        'v1',
        { ...prefix('/path3'), ...query(['animal', 'shark']) },
        { ...prefix('/path4'), ...header('version', 'three'), ...query(['animal', 'kraken']) },
      ],
      ['v1', { ...prefix('/path5'), ...query(['animal', 'hydra']) }],
      ['v2', query(['animal', 'hydra'])],
      ['v3', { ...header('version', 'four'), ...query(['animal', 'hydra']) }],
    ];
    expect(found(rules, target, { fields })).toBe(backend);
  });

  it.each([
    ['POST', '/', {}, 'v1'],
    ['GET', '/', {}, 'v2'],
    ['HEAD', '/', {}, undefined],
    ['GET', '/path1', {}, 'v1'],
    ['PUT', '/', { version: 'one' }, 'v2'],
    ['POST', '/path2', { version: 'two' }, 'v3'],
    ['PATCH', '/path3', {}, 'v1'],
    ['DELETE', '/path4', { version: 'three' }, 'v1'],
    ['PUT', '/', {}, undefined],
    ['DELETE', '/path4', {}, undefined],
    ['PATCH', '/path5', {}, 'v1'],
    ['PATCH', '/', { version: 'four' }, 'v2'],
  ])('methods: %s %s with %j goes to %s', (method, path, fields: Record<string, string>, backend) => {
    const rules: Rules = [
      ['v1', { method: 'POST' }],
      ['v2', { method: 'GET' }],
      ['v1', { ...prefix('/path1'), method: 'GET' }],
      ['v2', { ...header('version', 'one'), method: 'PUT' }],
      ['v3', { ...prefix('/path2'), ...header('version', 'two'), method: 'POST' }],
      [
        'v1',
        { ...prefix('/path3'), method: 'PATCH' },
        { ...prefix('/path4'), ...header('version', 'three'), method: 'DELETE' },
      ],
      ['v1', prefix('/path5')],
      ['v2', { method: 'PATCH' }],
      ['v3', header('version', 'four')],
    ];
    expect(found(rules, path, { method, fields })).toBe(backend);
  });

  it.each([
    ['/', {}, 'v1'],
    ['/example', {}, 'v1'],
    ['/', { Version: 'one' }, 'v1'],
    ['/v2', {}, 'v2'],
    ['/v2/example', {}, 'v2'],
    ['/', { Version: 'two' }, 'v2'],
    ['/v2/', {}, 'v2'],
    ['/v2example', {}, 'v1'],
    ['/foo/v2/example', {}, 'v1'],
  ])('paths and headers: %s with %j goes to %s', (path, fields: Record<string, string>, backend) => {
    const rules: Rules = [
      ['v1', prefix('/'), header('version', 'one')],
      ['v2', prefix('/v2'), header('version', 'two')],
    ];
    expect(found(rules, path, { fields })).toBe(backend);
  });
});

describe('what the more specific one is', () => {
  it.each<[string, Declared, Declared]>([
    [
      'an exact path before a prefix with everything',
      exact('/a/b'),
      { ...prefix('/a/b'), ...header('h', '1'), method: 'GET' },
    ],
    ['a longer prefix before a method', prefix('/a/b'), { ...prefix('/a'), method: 'GET' }],
    ['a prefix before an expression', prefix('/a'), regexp('/a/b')],
    ['an expression before no path', regexp('/a/.*'), { method: 'GET', ...header('h', '1') }],
    [
      'an expression before the prefix that holds for all',
      regexp('/a/.*'),
      { ...prefix('/'), method: 'GET' },
    ],
    ['a method before headers', { method: 'GET' }, header('h', '1')],
    ['a header before query parameters', header('h', '1'), query(['q', '1'], ['r', '1'])],
    [
      'two headers before one and a query',
      {
        headers: [
          { name: 'h', value: '1' },
          { name: 'i', value: '1' },
        ],
      },
      { ...header('h', '1'), ...query(['q', '1']) },
    ],
    [
      'a query parameter before a cookie',
      query(['q', '1']),
      { cookies: [{ name: 'c', value: '1' }], source: 'caller' },
    ],
    ['a cookie before the source', { cookies: [{ name: 'c', value: '1' }] }, { source: 'caller' }],
    ['the source before nothing', { source: 'caller' }, {}],
    ['a gRPC method before an expression', { grpc: { method: 'b' } }, regexp('/a/.*')],
    ['a gRPC service before a gRPC method', { grpc: { service: 'a' } }, { grpc: { method: 'b' } }],
    ['both before one of them', { grpc: { service: 'a', method: 'b' } }, { grpc: { service: 'a' } }],
  ])('%s', (_what, more, less) => {
    const request = { fields: { h: '1', i: '1', cookie: 'c=1' } };
    expect(
      found(
        [
          ['less', less],
          ['more', more],
        ],
        '/a/b?q=1&r=1',
        request,
      ),
    ).toBe('more');
    expect(
      found(
        [
          ['more', more],
          ['less', less],
        ],
        '/a/b?q=1&r=1',
        request,
      ),
    ).toBe('more');
    // Each of them holds on its own.
    expect(found([['less', less]], '/a/b?q=1&r=1', request)).toBe('less');
  });

  it('and of equals the first in the list', () => {
    expect(
      found(
        [
          ['first', prefix('/a')],
          ['second', prefix('/a/')],
        ],
        '/a/b',
      ),
    ).toBe('first');
    expect(
      found(
        [
          ['first', regexp('/a/.*')],
          ['second', regexp('/a/b/c.*')],
        ],
        '/a/b/c',
      ),
    ).toBe('first');
    expect(
      found(
        [
          ['first', regexp('/a/b/c.*')],
          ['second', regexp('/a/.*')],
          ['third', regexp('.*')],
        ],
        '/a/b/c',
      ),
    ).toBe('first');
  });
});

describe('what a match holds for', () => {
  it.each([
    [prefix('/a'), '/a', true],
    [prefix('/a'), '/a/', true],
    [prefix('/a'), '/a/b', true],
    [prefix('/a'), '/ab', false],
    [prefix('/a/'), '/a', true],
    [prefix('/a'), '//a', false],
    [prefix('/a'), '/%61', true],
    [prefix('/a'), '/a%2Fb', false],
    [prefix('/caf%C3%A9'), '/caf%c3%a9/x', true],
    [prefix('/a'), '/a?x=/b', true],
    [prefix('/a'), '/b?x=/a', false],
    [prefix('/'), '/anything', true],
    [exact('/a'), '/a', true],
    [exact('/a'), '/a/', false],
    [exact('/a'), '/a?b', true],
    [exact('/a'), '/A', false],
    [regexp('/a/[0-9]+'), '/a/12', true],
    [regexp('/a/[0-9]+'), '/a/12/b', false],
    [regexp('/a|/b/c'), '/b/c', true],
    [regexp('/users?/x'), '/user/x', true],
    [regexp('/users/?'), '/users', true],
    [regexp('/a/?b'), '/ab', true],
    [regexp('/a/b{0,1}'), '/a/', true],
    [regexp('(/a|/b)/c'), '/b/c', true],
    [query(['q', 'a b']), '/?q=a+b', true],
    [query(['q', 'a b']), '/?q=a%20b', true],
    [query(['q', 'ä']), '/?q=%C3%A4', true],
    [query(['ä', '1']), '/?%C3%A4=1', true],
    [query(['q', '%zz']), '/?q=%zz', true],
    [query(['q', '']), '/?q', true],
    [query(['q', '']), '/?q=&q=1', true],
    [query(['q', '1']), '/?q=0&q=1', false],
    [query(['q', '1']), '/?xq=1', false],
    [query(['q', '1=2']), '/?a=b&q=1=2', true],
    [{ grpc: { service: 'shop.Cart', method: 'Add' } }, '/shop.Cart/Add', true],
    [{ grpc: { service: 'shop.Cart', method: 'Add' } }, '/shop.Cart/AddAll', false],
    [{ grpc: { service: 'shop.Cart' } }, '/shop.Cart/Add', true],
    [{ grpc: { service: 'shop.Cart' } }, '/shop.Carts/Add', false],
    [{ grpc: { method: 'Add' } }, '/shop.Cart/Add', true],
    [{ grpc: { method: 'Add' } }, '/x/shop.Cart/Add', false],
    [{ source: 'caller' }, '/', true],
    [{ source: 'another' }, '/', false],
    [{ headers: [{ name: 'Host', value: 'web.mesh' }] }, '/', true],
    [{ headers: [{ name: 'X-User', type: 'RegularExpression', value: 'a.*' }] }, '/', true],
    [{ headers: [{ name: 'x-user', type: 'RegularExpression', value: 'n.*' }] }, '/', false],
    [{ headers: [{ name: 'x-none', type: 'RegularExpression', value: '.*' }] }, '/', false],
    [{ cookies: [{ name: 'session', value: '7' }] }, '/', true],
    [{ cookies: [{ name: 'session', type: 'RegularExpression', value: '[0-9]' }] }, '/', true],
    [{ cookies: [{ name: 'ession', value: '7' }] }, '/', false],
  ] satisfies [Declared, string, boolean][])('%j and %s: %s', (match, target, holds) => {
    const request = { fields: { 'x-user': 'anna', cookie: 'theme=dark; session=7' } };
    expect(found([['it', match]], target, request)).toBe(holds ? 'it' : undefined);
  });

  it('asks for the path of OPTIONS * only where no rule names a path', () => {
    expect(found([['it', {}]], '*', { method: 'OPTIONS' })).toBe('it');
    expect(found([['it', prefix('/a')]], '*', { method: 'OPTIONS' })).toBeUndefined();
  });
});

const element = fc.constantFrom('a', 'b', 'ab', 'c', '');
const path = fc.array(element, { minLength: 1, maxLength: 4 }).map((elements) => `/${elements.join('/')}`);
const text = fc.constantFrom('0', '1', '2');
const named = (names: readonly string[]) =>
  fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      type: fc.constantFrom('Exact' as const, 'RegularExpression' as const),
      value: fc.oneof(text, fc.constant('[01]')),
    }),
    // The schema lets no name stand twice.
    { selector: ({ name }) => name, maxLength: 2 },
  );
const optional = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

const anyPathMatch = fc.oneof(
  fc.record({ type: fc.constantFrom('Exact' as const, 'PathPrefix' as const), value: path }),
  fc.record({
    type: fc.constant('RegularExpression' as const),
    value: fc
      .tuple(path, fc.constantFrom('', '/.*', '.*', '?', '|/b', '/(a|b)'))
      .map((parts) => parts.join('')),
  }),
);
const anyGrpcMatch = fc.record({
  service: optional(fc.constantFrom('a', 'b')),
  method: optional(fc.constantFrom('a', 'b')),
});

const anyMatch: fc.Arbitrary<RouteMatch> = fc
  .record({
    method: optional(fc.constantFrom('GET', 'POST')),
    headers: named(['h', 'i']),
    queryParams: named(['q', 'r']),
    cookies: named(['c']),
    source: optional(fc.constantFrom('x', 'y')),
    // The schema lets a match have one of them.
    where: fc.oneof(
      fc.constant({}),
      fc.record({ path: anyPathMatch }),
      fc.record({ path: anyPathMatch }),
      fc.record({ grpc: anyGrpcMatch }),
    ),
  })
  .map(({ where, ...match }) => ({ ...match, ...where }));

const anyRequest = fc.record({
  path,
  method: fc.constantFrom('GET', 'POST'),
  source: fc.constantFrom('x', 'y'),
  h: optional(text),
  i: optional(text),
  q: optional(text),
  c: optional(text),
});
type AnyRequest = typeof anyRequest extends fc.Arbitrary<infer T> ? T : never;

/** The meaning of a match, written down once more: no index, JavaScript's own expressions. */
function holds(match: RouteMatch, request: AnyRequest): boolean {
  const wholly = (pattern: string, value: string) => new RegExp(`^(?:${pattern})$`).test(value);
  const below = (value: string) => request.path === value || request.path.startsWith(`${value}/`);
  const value =
    (values: Record<string, string | undefined>) =>
    ({ name, type, value: wanted }: RouteMatch['headers'][number]) => {
      const given = values[name];
      if (given === undefined) return false;
      return type === 'Exact' ? given === wanted : wholly(wanted, given);
    };
  const { type, value: wanted } = match.path ?? { type: 'PathPrefix', value: '/' };
  const elements = request.path.split('/').slice(1);
  return (
    (type === 'Exact'
      ? request.path === wanted
      : type === 'PathPrefix'
        ? wanted === '/' || below(wanted.replace(/\/$/, ''))
        : wholly(wanted, request.path)) &&
    (match.method ?? request.method) === request.method &&
    (match.source ?? request.source) === request.source &&
    match.headers.every(value({ h: request.h, i: request.i })) &&
    match.queryParams.every(value({ q: request.q })) &&
    match.cookies.every(value({ c: request.c })) &&
    (match.grpc?.service === undefined ||
      (match.grpc.method === undefined
        ? below(`/${match.grpc.service}`)
        : request.path === `/${match.grpc.service}/${match.grpc.method}`)) &&
    (match.grpc?.method === undefined || (elements.length === 2 && elements[1] === match.grpc.method))
  );
}

it('finds among any rules what trying them one by one finds', () => {
  fc.assert(
    fc.property(
      fc.array(anyMatch, { maxLength: 40 }),
      fc.array(anyRequest, { minLength: 1, maxLength: 10 }),
      (matches, requests) => {
        const candidates = matches.map((match, index) => candidateOf(match, index));
        const index = new RuleIndex(candidates);
        for (const request of requests) {
          const { path, method, source, h, i, q, c } = request;
          const fields = {
            ...(h !== undefined && { h }),
            ...(i !== undefined && { I: i }),
            ...(c !== undefined && { cookie: `b=9; c=${c}` }),
          };
          const head = requestFor(q === undefined ? path : `${path}?q=${q}`, { method, fields });
          let best: number | undefined;
          for (const [rule, match] of matches.entries()) {
            if (!holds(match, request)) continue;
            if (
              best === undefined ||
              isMoreSpecific(candidates[rule]?.specificity, candidates[best]?.specificity)
            )
              best = rule;
          }
          expect(index.find(matchablePath(head.path), head, source)).toBe(best);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

function isMoreSpecific(a: readonly number[] = [], b: readonly number[] = []): boolean {
  const different = a.findIndex((mine, index) => mine !== b[index]);
  return different >= 0 && (a[different] as number) > (b[different] as number);
}
