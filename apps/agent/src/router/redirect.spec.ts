import { requestRedirectSchema } from '@tulle/mesh/route';
import { expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { redirectOf } from './redirect.ts';
import { requestFor } from './request.spec-support.ts';

type Declared = z.input<typeof requestRedirectSchema>;
const fullPath = (value: string): Declared['path'] => ({ type: 'ReplaceFullPath', replaceFullPath: value });

function locationOf(redirect: Declared, authority: string, target = '/a?b=c', prefixLength = 0): string {
  const decision = redirectOf(requestRedirectSchema.parse(redirect), prefixLength, 'web.mesh');
  const head = requestFor(target.replace(/^https?:\/\/[^/]*/, ''), { authority });
  head.target = target;
  if (target !== head.path) head.form = 'absolute';
  return decision.location(head);
}

it.each<[string, Declared, string, string]>([
  ['a host', { hostname: 'example.org' }, 'web.mesh', 'http://example.org/a?b=c'],
  [
    'a host, and the port stays',
    { hostname: 'example.org' },
    'web.mesh:8080',
    'http://example.org:8080/a?b=c',
  ],
  [
    'port 80 of http left out',
    { hostname: 'example.org', port: 80 },
    'web.mesh:8080',
    'http://example.org/a?b=c',
  ],
  ['another port', { port: 8080 }, 'web.mesh', 'http://web.mesh:8080/a?b=c'],
  ['https, with its own port', { scheme: 'https' }, 'web.mesh:8080', 'https://web.mesh/a?b=c'],
  ['https and 443 left out', { scheme: 'https', port: 443 }, 'web.mesh', 'https://web.mesh/a?b=c'],
  ['https and another port', { scheme: 'https', port: 8443 }, 'web.mesh', 'https://web.mesh:8443/a?b=c'],
  ['http and 443 named', { scheme: 'http', port: 443 }, 'web.mesh', 'http://web.mesh:443/a?b=c'],
  ['a path, and the query stays', { path: fullPath('/x') }, 'web.mesh', 'http://web.mesh/x?b=c'],
  ['an address of IPv6', { port: 8080 }, '[::1]', 'http://[::1]:8080/a?b=c'],
  ['an address of IPv6 with its port', { path: fullPath('/x') }, '[::1]:90', 'http://[::1]:90/x?b=c'],
  ['no host at all', { path: fullPath('/x') }, '', 'http://web.mesh/x?b=c'],
])('%s', (_what, redirect, authority, expected) => {
  expect(locationOf(redirect, authority)).toBe(expected);
});

it.each(['http', 'https'])('keeps the scheme of the connection, %s', (scheme) => {
  const decision = redirectOf(requestRedirectSchema.parse({ path: fullPath('/x') }), 0, 'web.mesh');
  const head = requestFor('/a', { authority: 'shop.example.com' });
  head.scheme = scheme;
  expect(decision.location(head)).toBe(`${scheme}://shop.example.com/x`);
});

it('replaces the prefix that the rule matched', () => {
  const path: Declared['path'] = { type: 'ReplacePrefixMatch', replacePrefixMatch: '/replacement-prefix' };
  expect(locationOf({ path }, 'web.mesh', '/original-prefix/lemon', '/original-prefix'.length)).toBe(
    'http://web.mesh/replacement-prefix/lemon',
  );
});

it('keeps the scheme of an absolute target', () => {
  expect(locationOf({ path: fullPath('/x') }, 'web.mesh', 'https://web.mesh/a')).toBe('https://web.mesh/x');
  expect(locationOf({ path: fullPath('/x') }, 'web.mesh', 'http://web.mesh/a')).toBe('http://web.mesh/x');
});

it('never leaves the host when the rest of a path begins with two slashes', () => {
  const path: Declared['path'] = { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' };
  expect(locationOf({ path }, 'web.mesh', '/a//evil.example', 2)).toBe('http://web.mesh//evil.example');
});

it('answers with the status that was asked for, 302 by default', () => {
  const of = (redirect: Declared) => redirectOf(requestRedirectSchema.parse(redirect), 0, '').status;
  expect([of({ port: 1 }), of({ port: 1, statusCode: 308 })]).toEqual([302, 308]);
});
