import { expect, test } from 'vitest';
import { Credentials } from './credentials.ts';
import { TestAuthority } from './test-authority.ts';

function shownBy(authority: TestAuthority, trust: string, chain = ''): string {
  const identity = authority.identity('web', { trust });
  const credentials = new Credentials();
  credentials.set({ ...identity, certificateChainPem: identity.certificateChainPem + chain });
  const shown = String(credentials.current?.options.cert);
  return shown.replace(identity.certificateChainPem.trim(), '').trim();
}

test('a single certificate is shown with its issuer, so that a handshake has no chain to complete', () => {
  const authority = new TestAuthority();
  const other = new TestAuthority();
  expect(shownBy(authority, other.rootPem + authority.rootPem)).toBe(authority.rootPem.trim());
});

test('a chain that is given is shown as it is', () => {
  const authority = new TestAuthority();
  const chain = new TestAuthority().rootPem;
  expect(shownBy(authority, authority.rootPem, chain)).toBe(chain.trim());
});

test('a certificate whose issuer is not in the trust bundle is shown alone', () => {
  expect(shownBy(new TestAuthority(), new TestAuthority().rootPem)).toBe('');
});
