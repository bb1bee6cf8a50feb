import type { RouteMatch } from '@tulle/mesh/route';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { candidateOf } from './candidate.ts';
import { matchablePath } from './matchable-path.ts';
import { requestFor } from './request.spec-support.ts';
import { RuleIndex } from './rule-index.ts';

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
