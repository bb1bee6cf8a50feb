import { expect, it } from 'vitest';
import { hasDotSegment, matchablePath } from './matchable-path.ts';

it.each([
  ['/a/b?c=/d', '/a/b'],
  ['/%61%2D%7e?%61', '/a-~'],
  ['/a%2fb', '/a%2Fb'],
  ['/%c3%a9', '/%C3%A9'],
  ['/a%', '/a%'],
  ['/%zz', '/%zz'],
  ['/%2561', '/%2561'],
  ['//a', '//a'],
  ['*', '*'],
])('%s is matched as %s', (target, path) => {
  expect(matchablePath(target)).toBe(path);
});

it.each([
  ['/a/../b', true],
  ['/a/./b', true],
  ['/..', true],
  ['/a/%2e%2E/b', true],
  ['/a/.%2e', true],
  ['/a%2f..%2fb', true],
  ['/a\\..\\b', true],
  ['/a%5C../b', true],
  ['/a/..;/b', true],
  ['/a/..%3bx/b', true],
  ['/.well-known/x', false],
  ['/a/.../b', false],
  ['/a..b/c', false],
  ['/a.b', false],
  ['/a?/../', false],
])('%s has a dot segment: %s', (target, has) => {
  expect(hasDotSegment(matchablePath(target))).toBe(has);
});
