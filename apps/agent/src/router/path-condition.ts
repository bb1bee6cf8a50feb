import { compileLinearRegexp, type LinearRegexp } from '@tulle/mesh/linear-regexp';
import type { PathMatch } from '@tulle/mesh/route';

/**
 * The kinds of conditions on a path, the more specific the higher. Gateway API leaves the place of expressions open:
 * behind every prefix that says something, before those that hold for all, or a rule for `/` would hide them.
 */
export const PATH_RANK = { any: 0, regexp: 1, grpcMethod: 2, prefix: 3, exact: 4 } as const;

export interface PathCondition {
  readonly rank: (typeof PATH_RANK)[keyof typeof PATH_RANK];
  /** The path or method name itself; of a prefix without the slash at its end; of an expression its source. */
  readonly text: string;
  /** What the whole path has to match; without one, to be found in the index by the text says that it holds. */
  readonly expression?: LinearRegexp;
}

export const anyPath: PathCondition = { rank: PATH_RANK.any, text: '' };

export function pathConditionOf(match: PathMatch): PathCondition {
  if (match.type === 'Exact') return exactPath(match.value);
  if (match.type === 'PathPrefix') return pathPrefix(match.value);
  return { rank: PATH_RANK.regexp, text: match.value, expression: compileLinearRegexp(match.value) };
}

/** A gRPC call asks for `/<service>/<method>`. */
export function grpcCondition({
  service,
  method,
}: {
  service?: string | undefined;
  method?: string | undefined;
}): PathCondition {
  if (service !== undefined)
    return method === undefined ? pathPrefix(`/${service}`) : exactPath(`/${service}/${method}`);
  if (method === undefined) return anyPath;
  return { rank: PATH_RANK.grpcMethod, text: method };
}

/** The second of exactly two elements; of other paths something with a slash, which no method has in its name. */
export function grpcMethodOf(path: string): string {
  return path.substring(path.indexOf('/', 1) + 1);
}

function exactPath(value: string): PathCondition {
  return { rank: PATH_RANK.exact, text: value };
}

/** By whole elements; a slash at the end says nothing more. `/` holds for every path, as no condition does. */
function pathPrefix(value: string): PathCondition {
  const prefix = withoutSlashAtEnd(value);
  if (prefix === '') return anyPath;
  return { rank: PATH_RANK.prefix, text: prefix };
}

export function withoutSlashAtEnd(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/**
 * The whole elements that every match of an expression begins with: `/users/[0-9]+` gives `/users`. '' when that
 * cannot be said with certainty.
 */
export function literalElements(expression: string): string {
  if (hasOuterAlternatives(expression)) return '';
  const literal = /^\^?((?:\/[-\w~%]*)*)/.exec(expression);
  const text = literal?.[1] ?? '';
  // The last element may go on, and its last character may be repeated or left out.
  const lastSlash = text.lastIndexOf('/');
  const follows = expression[(literal?.[0] ?? '').length];
  const slashMayLack = lastSlash === text.length - 1 && follows !== undefined && '*+?{'.includes(follows);
  const certain = slashMayLack ? text.slice(0, lastSlash) : text;
  return certain.slice(0, Math.max(0, certain.lastIndexOf('/')));
}

function hasOuterAlternatives(expression: string): boolean {
  let depth = 0;
  let inClass = false;
  for (let at = 0; at < expression.length; at++) {
    const character = expression[at];
    if (character === '\\') at++;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === '|' && depth === 0) return true;
  }
  return false;
}
