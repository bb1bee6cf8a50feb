import { expect, test } from 'vitest';
import { certificateState } from './certificate-state.ts';

const hourMs = 3_600_000;
const fresh = { issuedAt: 0, notAfter: 24 * hourMs, revokedAt: null, renewAskedAt: null };

test('names the state by what matters most', () => {
  expect(certificateState(fresh, hourMs)).toBe('valid');
  expect(certificateState(fresh, 15 * hourMs)).toBe('valid');
  expect(certificateState(fresh, 17 * hourMs)).toBe('expiring');
  expect(certificateState(fresh, 24 * hourMs)).toBe('expired');
  expect(certificateState({ ...fresh, revokedAt: 1 }, 25 * hourMs)).toBe('revoked');
});

test('is renewing from the question to the new certificate, or until it has failed', () => {
  const asked = { ...fresh, renewAskedAt: hourMs };
  expect(certificateState(asked, hourMs + 1_000)).toBe('renewing');
  expect(certificateState(asked, hourMs + 61_000)).toBe('valid');
  expect(certificateState({ ...asked, issuedAt: hourMs + 500 }, hourMs + 1_000)).toBe('valid');
});
