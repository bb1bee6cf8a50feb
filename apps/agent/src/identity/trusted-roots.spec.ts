import { expect, test } from 'vitest';
import { TestAuthority } from '../mutual-tls/test-authority.ts';
import { fingerprintsOf, losesRoot } from './trusted-roots.ts';

const [one, other] = [new TestAuthority('a'), new TestAuthority('b')].map(({ rootPem }) => rootPem) as [
  string,
  string,
];

test('a bundle has as many fingerprints as certificates', () => {
  expect(fingerprintsOf(one + other)).toEqual([...fingerprintsOf(one), ...fingerprintsOf(other)]);
  expect(fingerprintsOf(one)[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(fingerprintsOf('')).toEqual([]);
});

test('a root is lost when it is in the bundle no more, wherever it stood', () => {
  expect(losesRoot(one, one + other)).toBe(false);
  expect(losesRoot(one + other, other + one)).toBe(false);
  expect(losesRoot(one + other, other)).toBe(true);
  expect(losesRoot(one, other)).toBe(true);
});
