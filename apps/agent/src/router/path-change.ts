import type { PathModifier } from '@tulle/mesh/route';
import type { RequestHead } from '@tulle/wire/http/message-head';
import { matchablePath } from './matchable-path.ts';
import { withoutSlashAtEnd } from './path-condition.ts';

/** Path and query in place of those of a request. */
export type PathChange = (head: RequestHead) => string;

/** `prefixLength` is that of the prefix by which the rule matched, without a slash at its end. The query stays. */
export function pathChangeOf(modifier: PathModifier, prefixLength: number): PathChange {
  if (modifier.type === 'ReplaceFullPath') {
    const { replaceFullPath } = modifier;
    return ({ path }) => (path.startsWith('/') ? replaceFullPath + queryOf(path) : path);
  }
  const replacement = withoutSlashAtEnd(modifier.replacePrefixMatch);
  return ({ path }) => {
    // OPTIONS * asks for the server, not for a path.
    if (!path.startsWith('/')) return path;
    const changed = replacement + matchablePath(path).slice(prefixLength);
    return (changed === '' ? '/' : changed) + queryOf(path);
  };
}

function queryOf(path: string): string {
  const at = path.indexOf('?');
  return at < 0 ? '' : path.substring(at);
}
