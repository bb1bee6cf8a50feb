import { expect, it } from 'vitest';
import { pathChangeOf } from './path-change.ts';
import { withoutSlashAtEnd } from './path-condition.ts';
import { requestFor } from './request.spec-support.ts';

/** The table of the Gateway API's HTTPPathModifier, and what it leaves open. */
it.each([
  ['/foo/bar', '/foo', '/xyz', '/xyz/bar'],
  ['/foo/bar', '/foo', '/xyz/', '/xyz/bar'],
  ['/foo/bar', '/foo/', '/xyz', '/xyz/bar'],
  ['/foo/bar', '/foo/', '/xyz/', '/xyz/bar'],
  ['/foo', '/foo', '/xyz', '/xyz'],
  ['/foo/', '/foo', '/xyz', '/xyz/'],
  ['/foo/bar', '/foo', '/', '/bar'],
  ['/foo/', '/foo', '/', '/'],
  ['/foo', '/foo', '/', '/'],
  ['/foo?q=/foo', '/foo', '/', '/?q=/foo'],
  ['/foo/bar?a=b', '/foo', '/xyz', '/xyz/bar?a=b'],
  ['/foo/bar?a=b?c', '/foo', '/xyz', '/xyz/bar?a=b?c'],
  ['/bar', '/', '/xyz', '/xyz/bar'],
  ['/', '/', '/xyz', '/xyz/'],
  ['/%66oo/b%2Fc', '/foo', '/xyz', '/xyz/b%2Fc'],
  ['/foo//bar', '/foo', '/xyz', '/xyz//bar'],
  ['*', '/', '/xyz', '*'],
])('%s with the prefix %s replaced by %s is %s', (path, prefix, replacement, expected) => {
  const change = pathChangeOf(
    { type: 'ReplacePrefixMatch', replacePrefixMatch: replacement },
    withoutSlashAtEnd(prefix).length,
  );
  expect(change(requestFor(path))).toBe(expected);
});

it.each([
  ['/full/one/two', '/one', '/one'],
  ['/full/one/two?a=b', '/one', '/one?a=b'],
  ['/full/one/two?a=b?c', '/one', '/one?a=b?c'],
  ['*', '/one', '*'],
])('%s replaced by %s is %s', (path, replacement, expected) => {
  const change = pathChangeOf({ type: 'ReplaceFullPath', replaceFullPath: replacement }, 0);
  expect(change(requestFor(path))).toBe(expected);
});
