import { type AccessRule, everyone } from './access-rule.ts';
import { formatBytes, formatMs, formatPercent } from './format.ts';
import type { Gateway } from './gateway.ts';
import { defaultPolicy, type Policy } from './policy.ts';
import { type RateLimit, rateLimitSchema } from './rate-limit.ts';
import type { Route } from './route.ts';
import { diffRoute } from './route-diff.ts';
import { describeSticky, rateLimitTerms } from './route-words.ts';
import { type Sticky, stickySchema } from './sticky.ts';

/** One difference. `path` names people's things ("weights.v2"), not places in arrays; undefined is "not there". */
export interface FieldChange {
  readonly path: string;
  readonly from: Scalar | undefined;
  readonly to: Scalar | undefined;
  /** "v2 10 % → 50 %", "allow cart added", "timeouts.connectMs 1 s → 2 s" */
  readonly sentence: string;
}

type Scalar = string | number | boolean | null;

/** They name the resource and stand in every title. */
const keyFields = ['kind', 'name', 'service'];

/**
 * What differs between two values of one resource (undefined when it is created or deleted): every leaf that
 * changed, in the order of the new value. Empty text and empty lists count as not there, so this is for reading;
 * whether anything changed at all is told by `canonicalJson`.
 */
export function diffResource(before: object | undefined, after: object | undefined): FieldChange[] {
  if (isRoute(before) || isRoute(after))
    return diffRoute(isRoute(before) ? before : undefined, isRoute(after) ? after : undefined);
  // A service without a policy has that of the defaults: what a new one changes is what differs from them.
  const policy = [before, after].find(isPolicy);
  const usual = policy && defaultPolicy(policy.service);
  const from = leavesOf(before ?? usual);
  const to = leavesOf(after ?? usual);
  const paths = [...to.keys(), ...[...from.keys()].filter((path) => !to.has(path))];
  return paths
    .filter((path) => from.get(path) !== to.get(path))
    .map((path) => ({
      path,
      from: from.get(path),
      to: to.get(path),
      sentence: sentenceOf(path, from.get(path), to.get(path)),
    }));
}

function leavesOf(value: object | undefined): Map<string, Scalar> {
  const leaves = new Map<string, Scalar>();
  if (isAccessRule(value)) {
    for (const name of value.allow) leaves.set(`allow.${callerWords(name)}`, callerWords(name));
    // Which is more than a rule that is gone.
    if (value.allow.length === 0) leaves.set(`allow.${noService}`, noService);
    return leaves;
  }
  if (isGateway(value)) {
    const { routes, ...rest } = value;
    for (const { hostnames, service } of routes)
      for (const name of hostnames) leaves.set(`hosts.${name}`, service);
    for (const [path, scalar] of leavesOf(rest)) leaves.set(path, scalar);
    return leaves;
  }
  for (const [field, member] of Object.entries(value ?? {})) {
    if (!keyFields.includes(field)) collect(member, field, leaves);
  }
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, Scalar>): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collectItem(item, index, path, leaves);
  } else if (isSticky(value)) {
    leaves.set(path, describeSticky(value));
  } else if (value !== null && typeof value === 'object') {
    for (const [field, member] of Object.entries(value)) collect(member, `${path}.${field}`, leaves);
  } else if (isScalar(value) && value !== '') {
    leaves.set(path, value);
  }
}

/** Items are known by what they are about, so that a changed order or an inserted item is not a change of all others. */
function collectItem(item: unknown, index: number, path: string, leaves: Map<string, Scalar>): void {
  if (isScalar(item)) {
    leaves.set(`${path}.${item}`, item);
  } else if (isPlace(item)) {
    const { host, port, version, zone, weight, ...rest } = item;
    const place = `${path}.${host}:${port}`;
    // As the defaults are, so that a plain endpoint is one plain sentence.
    collect({ version, zone, weight: weight === 1 ? undefined : weight, ...rest }, place, leaves);
  } else if (isWeighted(item)) {
    leaves.set(`${path}.${item.version}`, item.weight);
  } else if (isRateLimit(item)) {
    leaves.set(`${path}.${item.name}`, rateLimitTerms(item));
  } else {
    collect(item, `${path}.${index + 1}`, leaves);
  }
}

function sentenceOf(path: string, from: Scalar | undefined, to: Scalar | undefined): string {
  const weight = /^weights\.(.+)$/.exec(path)?.[1];
  if (weight !== undefined) return `${weight} ${weightWords(from)} → ${weightWords(to)}`;
  const host = /^hosts\.(.+)$/.exec(path)?.[1];
  if (host !== undefined) return `${host} ${from ?? 'nowhere'} → ${to ?? 'nowhere'}`;
  const name = wordsOf(path);
  if (from === undefined)
    return path.endsWith(`.${to}`) ? `${name} added` : `${name} ${fieldWords(path, to)} added`;
  if (to === undefined) {
    return path.endsWith(`.${from}`) ? `${name} removed` : `${name} ${fieldWords(path, from)} removed`;
  }
  return `${name} ${fieldWords(path, from)} → ${fieldWords(path, to)}`;
}

/** Dots part names, but those of an address are its own. */
function wordsOf(path: string): string {
  const [, field, address, rest = ''] = /^(\w+)\.(.+:\d+)(\..+)?$/.exec(path) ?? [];
  return address === undefined
    ? path.replaceAll('.', ' ')
    : `${field} ${address}${rest.replaceAll('.', ' ')}`;
}

function weightWords(weight: Scalar | undefined): string {
  return typeof weight === 'number' ? formatPercent(weight) : 'none';
}

/** Where 0 switches something off or lifts a limit. */
const zeroWords: Readonly<Record<string, string>> = {
  requestMs: 'no limit',
  perTryMs: 'no limit',
  tcpIdleMs: 'no limit',
  maxConnectionAgeMs: 'no limit',
  maxRequests: 'no limit',
  slowStartMs: 'off',
  subsetSize: 'all',
  localityPercent: 'off',
  consecutiveFailures: 'off',
  successRateBelowPercent: 'off',
  latencyAbovePercent: 'off',
};

/** The value of a field as people read it, with its unit. */
export function fieldWords(path: string, value: Scalar | undefined): string {
  if (typeof value !== 'number') return String(value);
  const field = path.slice(path.lastIndexOf('.') + 1);
  const zero = value === 0 && Object.hasOwn(zeroWords, field) ? zeroWords[field] : undefined;
  if (zero !== undefined) return zero;
  if (field.endsWith('Ms')) return formatMs(value);
  if (field.endsWith('Percent')) return formatPercent(value);
  if (field.endsWith('Bytes')) return formatBytes(value);
  return String(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isWeighted(item: unknown): item is { version: string; weight: number } {
  if (item === null || typeof item !== 'object' || !('version' in item) || !('weight' in item)) return false;
  return typeof item.version === 'string' && typeof item.weight === 'number';
}

function isPlace(
  item: unknown,
): item is { host: string; port: unknown; version?: unknown; zone?: unknown; weight?: unknown } {
  return (
    item !== null &&
    typeof item === 'object' &&
    'host' in item &&
    'port' in item &&
    typeof item.host === 'string'
  );
}

/** Or a key of hashing, which is written alike. */
function isSticky(value: unknown): value is Sticky {
  return stickySchema.safeParse(value).success;
}

function isRateLimit(item: unknown): item is RateLimit {
  return rateLimitSchema.safeParse(item).success;
}

function isRoute(resource: object | undefined): resource is Route {
  return resource !== undefined && 'kind' in resource && resource.kind === 'Route';
}

function isGateway(resource: object | undefined): resource is Gateway {
  return resource !== undefined && 'routes' in resource && 'kind' in resource && resource.kind === 'Gateway';
}

function isAccessRule(resource: object | undefined): resource is AccessRule {
  return (
    resource !== undefined && 'allow' in resource && 'kind' in resource && resource.kind === 'AccessRule'
  );
}

/** No name of a service has a blank in it. */
const noService = 'no service';

function callerWords(name: string): string {
  return name === everyone ? 'every service' : name;
}

function isPolicy(resource: object | undefined): resource is Policy {
  return resource !== undefined && 'kind' in resource && resource.kind === 'Policy';
}
