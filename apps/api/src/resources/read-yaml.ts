import { MeshError, type MeshIssue } from '@tulle/mesh/errors';
import {
  type Resource,
  resourceKey,
  resourceKinds,
  resourceSchema,
  resourceService,
} from '@tulle/mesh/resource';
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
} from 'yaml';
import type { z } from 'zod';
import { refuseCostlyYaml } from './yaml-bounds.ts';

type Path = readonly (string | number)[];

/** One document of a file of resources. */
export interface ReadDocument {
  readonly resource: Resource;
  /** Says where a field stands: `Document 2 (TrafficSplit/orders), line 14, weights.0.version`. */
  place(path: Path): string;
}

/** Enough for people who use anchors, far too little for a file that grows when it is expanded. */
const maxAliases = 100;
const maxIssues = 20;

/** Reads resources out of YAML or JSON. Throws `invalid_yaml` or `invalid_resource` with every place that is wrong. */
export function readYaml(text: string): ReadDocument[] {
  refuseCostlyYaml(text);
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents = [...parsed].filter((document) => !isEmpty(document));
  if (documents.length === 0) throw noResource();
  const broken = documents.flatMap((document, index) => syntaxIssues(document, index, lines));
  if (broken.length > 0) throw issuesError('invalid_yaml', broken);

  const read = documents.flatMap((document, index) => readDocument(document, index, lines));
  const wrong = read.flatMap((result) => ('issues' in result ? result.issues : []));
  if (wrong.length > 0) throw issuesError('invalid_resource', wrong);
  const good = read.flatMap((result) => ('issues' in result ? [] : [result]));
  if (good.length === 0) throw noResource();
  refuseRepeated(good);
  return good;
}

function noResource(): MeshError {
  return new MeshError('invalid_yaml', 'There is no resource in it; write at least one.');
}

function isEmpty(document: Document.Parsed): boolean {
  const { contents } = document;
  const isNull = contents === null || (isScalar(contents) && contents.value === null);
  return isNull && document.errors.length === 0;
}

function syntaxIssues(document: Document.Parsed, index: number, lines: LineCounter): MeshIssue[] {
  return document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { path: [index], message: `Document ${index + 1}, line ${line}, column ${col}: ${error.message}` };
  });
}

/** One resource, or each of a list of them, as `tulle get -o json` writes it. */
function readDocument(
  document: Document.Parsed,
  index: number,
  lines: LineCounter,
): (ReadDocument | { issues: MeshIssue[] })[] {
  const value = plainValue(document);
  const read = (one: unknown, base: Path) => readResource(one, { document, index, lines, base });
  return Array.isArray(value) ? value.map((one, item) => read(one, [item])) : [read(value, [])];
}

/** Where a resource stands: `base` leads to it inside of its document. */
interface Surroundings {
  readonly document: Document.Parsed;
  readonly index: number;
  readonly lines: LineCounter;
  readonly base: Path;
}

function readResource(value: unknown, around: Surroundings): ReadDocument | { issues: MeshIssue[] } {
  const { index, base } = around;
  const wrong = (place: string, path: Path, message: string) => ({
    issues: [{ path: [index, ...base, ...path], message: `${place}: ${message}` }],
  });
  if (value instanceof ReferenceError || !isRecord(value)) {
    const message =
      value instanceof ReferenceError
        ? `it uses more than ${maxAliases} aliases, or one that is not defined`
        : 'it must be a mapping with a kind, such as `kind: TrafficSplit`';
    return wrong(placeOf(around, {}, []), [], message);
  }
  const place = (path: Path, key?: string) => placeOf(around, value, path, key);
  if (!resourceKinds.some((kind) => kind === value.kind)) {
    return wrong(place(['kind']), ['kind'], `must be one of ${resourceKinds.join(', ')}`);
  }
  const parsed = resourceSchema.safeParse(value);
  if (parsed.success) return { resource: parsed.data, place };
  return { issues: parsed.error.issues.map((issue) => issueOf(issue, around, place)) };
}

function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    if (error instanceof ReferenceError) return error;
    throw error;
  }
}

function issueOf(
  issue: z.core.$ZodIssue,
  { document, index, base }: Surroundings,
  place: (path: Path, key?: string) => string,
): MeshIssue {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const isUnknownKey = issue.code === 'unrecognized_keys';
  const where = isUnknownKey ? place(path, issue.keys[0]) : place(path);
  const typed = document.getIn([...base, ...path]);
  const wantsQuotes =
    issue.code === 'invalid_type' && issue.expected === 'string' && /^(number|boolean)$/.test(typeof typed);
  const quotes = wantsQuotes ? '; put it in quotes' : '';
  return { path: [index, ...base, ...path], message: `${where}: ${issue.message}${quotes}` };
}

/** The line of a field; of the nearest mapping around it when it is missing. */
function placeOf(
  { document, index, lines, base }: Surroundings,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  key?: string,
): string {
  const title = [value.kind, value.name ?? value.service]
    .filter((part) => typeof part === 'string')
    .map(short);
  const [item] = base;
  const listed = item === undefined ? '' : `, item ${Number(item) + 1}`;
  const line = lines.linePos(offsetOf(document, [...base, ...path], key)).line;
  const field = path.length > 0 ? `, ${path.join('.')}` : '';
  return `Document ${index + 1}${listed}${title.length > 0 ? ` (${title.join('/')})` : ''}, line ${line}${field}`;
}

function offsetOf(document: Document.Parsed, path: Path, key?: string): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node: unknown = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const found = key !== undefined && depth === path.length ? keyNode(node, key) : node;
    if (isNode(found) && found.range) return found.range[0];
  }
  return document.range[0];
}

function keyNode(node: unknown, key: string): unknown {
  if (!isMap<ParsedNode>(node)) return node;
  return node.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.key ?? node;
}

function refuseRepeated(documents: readonly ReadDocument[]): void {
  const first = new Map<string, ReadDocument>();
  for (const document of documents) {
    const key = resourceKey(document.resource.kind, resourceService(document.resource));
    const earlier = first.get(key);
    if (earlier !== undefined) {
      throw new MeshError(
        'already_exists',
        `${document.place([])}: stands here twice, the first is at ${earlier.place([])}; keep one of them.`,
      );
    }
    first.set(key, document);
  }
}

function issuesError(code: 'invalid_yaml' | 'invalid_resource', issues: readonly MeshIssue[]): MeshError {
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return new MeshError(code, `${issues[0]?.message ?? ''}${more}`, { issues: issues.slice(0, maxIssues) });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function short(text: string): string {
  return text.length > 63 ? `${text.slice(0, 62)}…` : text;
}
