import { countOf, formatMs, formatPercent } from './format.ts';
import type { HashKey } from './load-balancer.ts';
import type { RateLimit } from './rate-limit.ts';
import { type Retries, retriesSchema } from './retries.ts';
import type {
  BackendRef,
  Fault,
  HeaderModifier,
  PathModifier,
  RequestRedirect,
  RouteFilter,
  RouteMatch,
  RouteRule,
} from './route.ts';
import type { Sticky } from './sticky.ts';

/** A rule for people. */
export interface RuleWords {
  /** `canary`, or what it matches. */
  readonly title: string;
  /** One for each match, such as `GET and path = /orders`; one of them must hold. */
  readonly when: readonly string[];
  /** What becomes of such requests, such as `to v2`, `mirror 10 % to audit`. */
  readonly does: readonly string[];
}

export function describeRule(rule: RouteRule): RuleWords {
  const when = rule.matches.length > 0 ? rule.matches.map(describeMatch) : ['every request'];
  const { requestMs, perTryMs } = rule.timeouts ?? {};
  const does = [
    ...(rule.backendRefs.length > 0 ? [describeBackends(rule.backendRefs)] : []),
    ...rule.filters.flatMap(describeFilter),
    ...(requestMs === undefined ? [] : [`request timeout ${limitWords(requestMs)}`]),
    ...(perTryMs === undefined ? [] : [`timeout of each try ${limitWords(perTryMs)}`]),
    ...(rule.retries ? [describeRetries(rule.retries)] : []),
    ...(rule.sticky ? [`sticky by ${describeSticky(rule.sticky)}`] : []),
  ];
  return { title: rule.name ?? anyOf(when), when, does: does.length > 0 ? does : ['by the split'] };
}

/** `a or b`, `a or 4 more`: one of them is enough. */
function anyOf(when: readonly string[]): string {
  return when.length < 3 ? when.join(' or ') : `${when[0]} or ${when.length - 1} more`;
}

/** All that one match asks for: `GET and path = /orders and header x-beta = 1`. */
export function describeMatch({
  path,
  method,
  headers,
  queryParams,
  cookies,
  source,
  grpc,
}: RouteMatch): string {
  const compared = (what: string, { type, name, value }: { type: string; name: string; value: string }) =>
    `${what} ${name} ${type === 'Exact' ? '=' : '~'} ${value}`;
  const parts = [
    ...(method === undefined ? [] : [method]),
    ...(path === undefined ? [] : [pathWords(path)]),
    ...(grpc === undefined ? [] : [`gRPC ${grpc.service ?? '*'}/${grpc.method ?? '*'}`]),
    ...headers.map((header) => compared('header', header)),
    ...queryParams.map((param) => compared('query', param)),
    ...cookies.map((cookie) => compared('cookie', cookie)),
    ...(source === undefined ? [] : [`from ${source}`]),
  ];
  return parts.length > 0 ? parts.join(' and ') : 'every request';
}

function pathWords({ type, value }: NonNullable<RouteMatch['path']>): string {
  if (type === 'PathPrefix') return `path ${value.replace(/\/+$/, '')}/…`;
  return `path ${type === 'Exact' ? '=' : '~'} ${value}`;
}

/** `to v2`, `to v1 90 %, v2 10 %`. */
function describeBackends(backendRefs: readonly BackendRef[]): string {
  const total = backendRefs.reduce((sum, { weight }) => sum + weight, 0);
  const [only] = backendRefs;
  const words =
    backendRefs.length === 1 && only
      ? describePlace(only)
      : backendRefs
          .map((one) => `${describePlace(one)} ${formatPercent((one.weight / total) * 100)}`)
          .join(', ');
  const changes = backendRefs.flatMap((one) =>
    one.filters.flatMap(describeFilter).map((change) => `${change} for ${describePlace(one)}`),
  );
  return [`to ${words}`, ...changes].join(', ');
}

/** `v2`, `legacy`, `legacy v2`. */
export function describePlace({
  name,
  version,
}: {
  name?: string | undefined;
  version?: string | undefined;
}): string {
  return [name, version].filter((part) => part !== undefined).join(' ') || 'its own split';
}

/** One phrase for each thing that a filter does. */
export function describeFilter(filter: RouteFilter | BackendRef['filters'][number]): string[] {
  switch (filter.type) {
    case 'RequestHeaderModifier':
      return modifierWords('request', filter.requestHeaderModifier);
    case 'ResponseHeaderModifier':
      return modifierWords('response', filter.responseHeaderModifier);
    case 'RequestRedirect':
      return [redirectWords(filter.requestRedirect)];
    case 'URLRewrite': {
      const { hostname, path } = filter.urlRewrite;
      return [
        ...(hostname ? [`rewrite host to ${hostname}`] : []),
        ...(path ? [`rewrite ${modifiedPath(path)}`] : []),
      ];
    }
    case 'RequestMirror': {
      const { percent, backendRef } = filter.requestMirror;
      return [`mirror ${formatPercent(percent)} to ${describePlace(backendRef)}`];
    }
    case 'Fault':
      return faultWords(filter.fault);
    case 'RateLimit':
      return [describeRateLimit(filter.rateLimit)];
  }
}

function modifierWords(of: 'request' | 'response', { set, add, remove }: HeaderModifier): string[] {
  return [
    ...set.map(({ name, value }) => `set ${of} header ${name} = ${value}`),
    ...add.map(({ name, value }) => `add ${of} header ${name} = ${value}`),
    ...remove.map((name) => `remove ${of} header ${name}`),
  ];
}

function redirectWords({ statusCode, scheme, hostname, port, path }: RequestRedirect): string {
  const parts = [
    ...(scheme ? [scheme] : []),
    ...(hostname ? [`host ${hostname}`] : []),
    ...(port ? [`port ${port}`] : []),
    ...(path ? [modifiedPath(path)] : []),
  ];
  return `redirect ${statusCode} to ${parts.join(', ')}`;
}

function modifiedPath(path: PathModifier): string {
  return path.type === 'ReplaceFullPath'
    ? `path to ${path.replaceFullPath}`
    : `prefix to ${path.replacePrefixMatch}`;
}

function faultWords({ header, delay, abort }: Fault): string[] {
  const whose = header === undefined ? '' : ` of requests with header ${header}`;
  return [
    ...(delay ? [`delay ${formatMs(delay.delayMs)} for ${formatPercent(delay.percent)}${whose}`] : []),
    ...(abort
      ? [`answer ${abort.status} (gRPC ${abort.grpcStatus}) to ${formatPercent(abort.percent)}${whose}`]
      : []),
  ];
}

/** `limit api: 100 requests in 1 s`. */
export function describeRateLimit(limit: RateLimit): string {
  return `limit ${limit.name}: ${rateLimitTerms(limit)}`;
}

/** `100 requests in 1 s, 200 at once, for each header x-user`. */
export function rateLimitTerms({ requests, perMs, burst, by }: RateLimit): string {
  const atOnce = burst > 0 ? `, ${burst} at once` : '';
  const whose = { all: '', source: ', for each source', header: '' }[by.key];
  const header = by.key === 'header' ? `, for each header ${by.name}` : '';
  return `${requests} requests in ${formatMs(perMs)}${atOnce}${whose}${header}`;
}

/** Whatever differs from the defaults, so that equal words mean equal retries. */
export function describeRetries(retries: Retries): string {
  const usual = retriesSchema.parse({});
  const { attempts, on, ...rest } = retries;
  const others = Object.entries(rest)
    .filter(([field, value]) => value !== usual[field as keyof typeof rest])
    .map(([field, value]) => `${field} ${value}`);
  return [`up to ${countOf(attempts, 'retry', 'retries')} on ${on.join(', ') || 'nothing'}`, ...others].join(
    ', ',
  );
}

export function describeHashKey(key: HashKey): string {
  return key.by === 'source' ? 'source' : `${key.by} ${key.name}`;
}

export function describeSticky(sticky: Sticky): string {
  if (sticky.by !== 'session') return describeHashKey(sticky);
  const { name, lifetimeMs } = sticky;
  return `session cookie ${name}${lifetimeMs === undefined ? '' : ` for ${formatMs(lifetimeMs)}`}`;
}

export function limitWords(ms: number): string {
  return ms === 0 ? 'no limit' : formatMs(ms);
}
