import { describe, expect, it } from 'vitest';
import { gatewayEntrySchema, gatewayHostnameSchema } from './gateway.ts';

describe('a hostname', () => {
  it.each([
    'localhost',
    'shop.example.com',
    '*.example.com',
    'xn--bcher-kva.example',
    '1.example.com',
    'a-b.c',
  ])('may be %s', (text) => expect(gatewayHostnameSchema.safeParse(text).success).toBe(true));

  it.each([
    '',
    '*',
    '*.',
    'a.*.com',
    '*a.com',
    'Shop.example.com',
    'shop.example.com.',
    'shop.example.com:443',
    '-a.com',
    'a-.com',
    'a..com',
    '127.0.0.1',
    '*.1',
    '::1',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(127)}com`,
  ])('may not be %s', (text) => expect(gatewayHostnameSchema.safeParse(text).success).toBe(false));
});

it('names each hostname once', () => {
  const routes = [
    { hostnames: ['a.com', 'b.com'], service: 'one' },
    { hostnames: ['c.com', 'a.com'], service: 'two' },
  ];
  expect(gatewayEntrySchema.safeParse({ routes }).error?.issues).toMatchObject([
    { path: ['routes', 1, 'hostnames', 1], message: 'a.com stands here twice' },
  ]);
});

it('redirects for good, to the port that is usual', () => {
  expect(gatewayEntrySchema.parse({ routes: [], httpsRedirect: {} }).httpsRedirect).toEqual({
    statusCode: 308,
    port: 443,
  });
  const wrong = { routes: [], httpsRedirect: { statusCode: 302 } };
  expect(gatewayEntrySchema.safeParse(wrong).success).toBe(false);
});
