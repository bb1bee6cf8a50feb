import type * as z from 'zod/mini';
import { MeshError } from './errors.ts';
import { compileLinearRegexp } from './linear-regexp.ts';
import type { Fault, HeaderModifier, RouteFilter, RouteMatch, RouteRule } from './route.ts';
import { canonicalJson } from './snapshot.ts';

/** What one Route may ask of an agent: it compiles all of it at every change. */
const maxMatches = 10_000;
const maxRegexpSteps = 100_000;

type Path = readonly (string | number)[];
type Payload = z.core.$RefinementCtx;

function complain(context: Payload, path: Path, message: string): void {
  context.addIssue({ code: 'custom', path: [...path], message });
}

const unreserved = /^[-.~\w]$/;

/** RFC 3986 section 6.2.2: requests are compared in this form, so a path in another one would never match. */
function normalPath(path: string): string {
  return path.replaceAll(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return unreserved.test(character) ? character : encoded.toUpperCase();
  });
}

export function checkMatchablePath(path: string, context: Payload): void {
  const normal = normalPath(path);
  if (normal !== path) complain(context, [], `write it as ${normal}, the form that requests are compared in`);
  if (/\/\.{1,2}(?:\/|$)/.test(normal))
    complain(context, [], 'requests with . or .. as an element are refused, so this never matches');
}

export function checkRegularExpressions(
  { type, value }: { type: string; value: string },
  context: Payload,
): void {
  if (type !== 'RegularExpression') return;
  try {
    compileLinearRegexp(value);
  } catch (error) {
    if (!(error instanceof MeshError)) throw error;
    complain(context, ['value'], error.message);
  }
}

export function checkMatch(
  { path, headers, queryParams, cookies, grpc }: RouteMatch,
  context: Payload,
): void {
  for (const [list, entries] of Object.entries({ headers, queryParams, cookies }))
    for (const index of repeated(entries.map(({ name }) => name)))
      complain(
        context,
        [list, index, 'name'],
        `${entries[index]?.name} stands here twice; one expression can say both`,
      );
  if (grpc === undefined) return;
  if (grpc.service === undefined && grpc.method === undefined)
    complain(context, ['grpc'], 'name a service, a method or both');
  if (path !== undefined) complain(context, ['grpc'], 'grpc stands for a path: leave one of the two out');
}

export function checkHeaderModifier({ set, add, remove }: HeaderModifier, context: Payload): void {
  const names = [
    ...set.map(({ name }, index) => ({ name, path: ['set', index, 'name'] })),
    ...add.map(({ name }, index) => ({ name, path: ['add', index, 'name'] })),
    ...remove.map((name, index) => ({ name, path: ['remove', index] })),
  ];
  for (const { name, path } of names)
    if (name === 'host') complain(context, path, 'the host is changed by the filter URLRewrite');
  const seen = new Map<string, Path>();
  for (const { name, path } of names) {
    const earlier = seen.get(name);
    // Several values may be added to one field.
    if (earlier !== undefined && (earlier[0] !== 'add' || path[0] !== 'add'))
      complain(context, path, `${name} stands here twice; say what becomes of it once`);
    seen.set(name, path);
  }
}

export function checkFault({ delay, abort }: Fault, context: Payload): void {
  if (delay === undefined && abort === undefined) complain(context, [], 'name a delay, an abort or both');
}

/** Filters that Gateway API allows once in a rule; of mirrors and limits there may be several. */
const onceOnly: readonly RouteFilter['type'][] = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestRedirect',
  'URLRewrite',
  'Fault',
];

/** What contradicts itself within one rule. */
export function checkRule(rule: RouteRule, context: Payload): void {
  const { filters, backendRefs, timeouts } = rule;
  const types = filters.map(({ type }) => type);
  for (const index of repeated(types)) {
    const type = types[index];
    if (type !== undefined && onceOnly.includes(type))
      complain(context, ['filters', index], `a rule has one ${type} at most`);
  }
  checkRedirect(rule, context);
  checkPrefixReplacement(rule, context);
  checkLimitNames(filters, context);
  if (backendRefs.length > 0 && backendRefs.every(({ weight }) => weight === 0))
    complain(context, ['backendRefs'], 'all weights are 0, so no request could go anywhere');
  const places = backendRefs.map(({ name, version }) => `${name ?? ''}/${version ?? ''}`);
  for (const index of repeated(places))
    complain(context, ['backendRefs', index], 'this backend stands here twice; add the weights up');
  const { requestMs = 0, perTryMs = 0 } = timeouts ?? {};
  if (requestMs > 0 && perTryMs > requestMs)
    complain(context, ['timeouts', 'perTryMs'], 'one try cannot take longer than the whole request');
}

function checkRedirect({ filters, backendRefs }: RouteRule, context: Payload): void {
  if (!filters.some(({ type }) => type === 'RequestRedirect')) return;
  if (backendRefs.length > 0)
    complain(context, ['backendRefs'], 'a redirect is answered by the agent, so it has no backends');
  for (const [index, { type }] of filters.entries())
    if (type === 'URLRewrite' || type === 'RequestMirror')
      complain(context, ['filters', index], `a redirect is answered by the agent, so ${type} has no effect`);
}

function checkPrefixReplacement({ matches, filters }: RouteRule, context: Payload): void {
  const hasPrefix = matches.length > 0 && matches.every(({ path }) => path?.type === 'PathPrefix');
  if (hasPrefix) return;
  for (const [index, filter] of filters.entries()) {
    const [field, path] = pathModifierOf(filter);
    if (path?.type === 'ReplacePrefixMatch')
      complain(
        context,
        ['filters', index, field, 'path'],
        'ReplacePrefixMatch needs a PathPrefix in every match of the rule: it says what is replaced',
      );
  }
}

function pathModifierOf(filter: RouteFilter) {
  if (filter.type === 'URLRewrite') return ['urlRewrite', filter.urlRewrite.path] as const;
  if (filter.type === 'RequestRedirect') return ['requestRedirect', filter.requestRedirect.path] as const;
  return ['', undefined] as const;
}

function checkLimitNames(filters: readonly RouteFilter[], context: Payload): void {
  const names = filters.map((filter) => (filter.type === 'RateLimit' ? filter.rateLimit.name : undefined));
  for (const index of repeated(names))
    if (names[index] !== undefined)
      complain(
        context,
        ['filters', index, 'rateLimit', 'name'],
        `there are two limits called ${names[index]} in this rule; give each a name of its own`,
      );
}

/** What contradicts itself between the rules of one Route, or is too much of it. */
export function checkRules(rules: readonly RouteRule[], context: Payload): void {
  const names = rules.map(({ name }) => name);
  for (const index of repeated(names))
    if (names[index] !== undefined)
      complain(
        context,
        [index, 'name'],
        `there are two rules called ${names[index]}; names stand in metrics`,
      );
  const matches = rules.reduce((sum, rule) => sum + Math.max(1, rule.matches.length), 0);
  if (matches > maxMatches)
    complain(context, [], `these are ${matches} matches; a Route has ${maxMatches} at most`);
  else checkShadowed(rules, context);
  const steps = rules.reduce((sum, rule) => sum + regexpSteps(rule), 0);
  if (steps > maxRegexpSteps)
    complain(
      context,
      [],
      `the regular expressions are too large together: ${steps} steps, ${maxRegexpSteps} are allowed`,
    );
}

/** Of equal matches the first rule wins, always: what stands later would be there for nothing. */
function checkShadowed(rules: readonly RouteRule[], context: Payload): void {
  const everything: RouteMatch = { headers: [], queryParams: [], cookies: [] };
  const first = new Map<string, number>();
  for (const [index, { matches }] of rules.entries())
    for (const [at, match] of (matches.length > 0 ? matches : [everything]).entries()) {
      const key = matchKey(match);
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, index);
      else {
        const which = earlier === index ? 'this rule' : ruleTitle(rules[earlier]?.name, earlier);
        const path = matches.length > 0 ? [index, 'matches', at] : [index];
        complain(context, path, `never decides: ${which} asks for the same before`);
      }
    }
}

function ruleTitle(name: string | undefined, index: number): string {
  return name === undefined ? `rule ${index + 1}` : `rule ${name}`;
}

/** Equal text for matches that hold for the same requests, as far as that can be told by looking at them. */
function matchKey({ path, headers, queryParams, cookies, ...rest }: RouteMatch): string {
  const sorted = <T>(entries: readonly T[]) => entries.map(canonicalJson).sort();
  const isAny = path?.type === 'PathPrefix' && path.value === '/';
  const value = path?.type === 'PathPrefix' ? path.value.replace(/\/+$/, '') : path?.value;
  return canonicalJson({
    ...rest,
    path: path === undefined || isAny ? undefined : { type: path.type, value },
    headers: sorted(headers),
    queryParams: sorted(queryParams),
    cookies: sorted(cookies),
  });
}

function regexpSteps({ matches }: RouteRule): number {
  const all = matches.flatMap(({ path, headers, queryParams, cookies }) => [
    ...(path ? [path] : []),
    ...headers,
    ...queryParams,
    ...cookies,
  ]);
  return all.reduce((sum, { type, value }) => sum + (type === 'RegularExpression' ? sizeOf(value) : 0), 0);
}

/** 0 for what is refused already, with its place. */
function sizeOf(source: string): number {
  try {
    return compileLinearRegexp(source).size;
  } catch (error) {
    if (error instanceof MeshError) return 0;
    throw error;
  }
}

/** Positions of what stands earlier in the list, too. */
function repeated(values: readonly unknown[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
