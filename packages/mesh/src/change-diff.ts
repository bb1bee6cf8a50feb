import { formatMs, formatPercent } from './format.ts';

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
  const from = leavesOf(before);
  const to = leavesOf(after);
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
  for (const [field, member] of Object.entries(value ?? {})) {
    if (!keyFields.includes(field)) collect(member, field, leaves);
  }
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, Scalar>): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collectItem(item, index, path, leaves);
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
  } else if (isWeighted(item)) {
    leaves.set(`${path}.${item.version}`, item.weight);
  } else if (isPlace(item)) {
    const { host, port, ...rest } = item;
    collect(rest, `${path}.${host}:${port}`, leaves);
  } else {
    collect(item, `${path}.${index + 1}`, leaves);
  }
}

function sentenceOf(path: string, from: Scalar | undefined, to: Scalar | undefined): string {
  const weight = /^weights\.(.+)$/.exec(path)?.[1];
  if (weight !== undefined) return `${weight} ${weightWords(from)} → ${weightWords(to)}`;
  const name = path.replaceAll('.', ' ');
  if (from === undefined)
    return path.endsWith(`.${to}`) ? `${name} added` : `${name} ${words(path, to)} added`;
  if (to === undefined) {
    return path.endsWith(`.${from}`) ? `${name} removed` : `${name} ${words(path, from)} removed`;
  }
  return `${name} ${words(path, from)} → ${words(path, to)}`;
}

function weightWords(weight: Scalar | undefined): string {
  return typeof weight === 'number' ? formatPercent(weight) : 'none';
}

function words(path: string, value: Scalar | undefined): string {
  if (typeof value === 'number' && path.endsWith('Ms')) return value === 0 ? 'no limit' : formatMs(value);
  return String(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isWeighted(item: unknown): item is { version: string; weight: number } {
  if (item === null || typeof item !== 'object' || !('version' in item) || !('weight' in item)) return false;
  return typeof item.version === 'string' && typeof item.weight === 'number';
}

function isPlace(item: unknown): item is { host: string; port: unknown } {
  return (
    item !== null &&
    typeof item === 'object' &&
    'host' in item &&
    'port' in item &&
    typeof item.host === 'string'
  );
}
