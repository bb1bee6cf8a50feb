import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type * as z from 'zod/mini';
import { type StandaloneConfig, standaloneConfigSchema } from './standalone-config.ts';

/** A mistake in the file, and where. Lines and columns start at 1. */
export interface ConfigIssue {
  line: number;
  column: number;
  message: string;
}

/** The file cannot be used; its message has one line per mistake, each as `file:line:column: what`. */
export class StandaloneConfigError extends Error {
  override readonly name = 'StandaloneConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(file: string, issues: readonly ConfigIssue[]) {
    super(issues.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'));
    this.issues = issues;
  }
}

type Path = readonly PropertyKey[];

/** Throws a {@link StandaloneConfigError} that names every mistake with its line. */
export function parseConfig(text: string, file: string): StandaloneConfig {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: true, strict: true, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    throw new StandaloneConfigError(
      file,
      broken.map(({ pos, message }) => ({ ...at(pos[0]), message })),
    );
  }
  const parsed = standaloneConfigSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap((issue) => {
    const name = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        ...at(offsetOf(document.contents, [...issue.path, key])),
        message: `${name === '' ? '' : `${name}: `}there is no setting called ${key}`,
      }));
    }
    const quotes = wantsQuotes(issue, document.contents) ? '; put it in quotes' : '';
    const message = `${name === '' ? '' : `${name}: `}${issue.message}${quotes}`;
    return [{ ...at(offsetOf(document.contents, issue.path)), message }];
  });
  throw new StandaloneConfigError(file, issues);
}

/** `value: 1` is a number in YAML, and header values are text. */
function wantsQuotes(issue: z.core.$ZodIssue, contents: Node | null): boolean {
  if (issue.code !== 'invalid_type' || issue.expected !== 'string' || !isCollection(contents)) return false;
  const value: unknown = contents.getIn(issue.path.map(String), false);
  return typeof value === 'number' || typeof value === 'boolean';
}

/** Where the key at `path` stands, or the deepest part of the path that does. */
function offsetOf(contents: Node | null, path: Path): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isCollection(node)) {
      node = node.get(Number(step), true);
      if (isScalar(node) || isCollection(node)) offset = node.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
