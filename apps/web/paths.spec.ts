import { expect, test } from 'vitest';
import { paths, returnPath } from './paths.ts';

test('names are encoded', () => {
  expect(paths.service('a/b?c')).toBe('/services/a%2Fb%3Fc');
  expect(paths.topologyEdge('checkout', 'payment')).toBe('/?select=checkout-%3Epayment');
});

test('signing in returns into the dashboard, never to another site', () => {
  expect(returnPath('/services?window=5m')).toBe('/services?window=5m');
  for (const next of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/\n\\evil.example',
    '\t//evil.example',
    '/.//evil.example',
    '///evil.example',
    '/sign-in',
    '',
    null,
    undefined,
  ])
    expect(returnPath(next)).toBe('/');
});
