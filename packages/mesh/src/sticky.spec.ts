import { expect, it } from 'vitest';
import { formatMs } from './format.ts';
import { describeSticky } from './route-words.ts';
import { stickySchema } from './sticky.ts';

it.each([
  [{ by: 'cookie', name: 'sid' }, 'cookie sid'],
  [{ by: 'source' }, 'source'],
  [{ by: 'session', name: 'tulle' }, 'session cookie tulle'],
  [{ by: 'session', name: '__Host-tulle', secure: true }, 'session cookie __Host-tulle'],
  [{ by: 'session', name: '__Secure-tulle', path: '/shop/' }, 'session cookie __Secure-tulle'],
  [
    { by: 'session', name: 'tulle', lifetimeMs: 3_600_000 },
    `session cookie tulle for ${formatMs(3_600_000)}`,
  ],
])('%o is told as %s', (declared, words) => {
  expect(describeSticky(stickySchema.parse(declared))).toBe(words);
});

it.each([
  { by: 'session' },
  { by: 'session', name: 'a b' },
  { by: 'session', name: 'a', lifetimeMs: 999 },
  { by: 'session', name: 'a', lifetimeMs: 1e12 },
  { by: 'cookie', name: 'a', lifetimeMs: 5_000 },
  { by: 'session', name: 'a', path: 'shop' },
  { by: 'session', name: 'a', path: '/; Domain=example.com' },
  { by: 'session', name: 'a', path: '/a\r\nx: y' },
  { by: 'session', name: '__Host-a', path: '/shop' },
  { by: 'session', name: '__Host-a', secure: false },
  { by: 'session', name: '__Secure-a', secure: false },
])('%o is refused', (declared) => {
  expect(stickySchema.safeParse(declared).success).toBe(false);
});
