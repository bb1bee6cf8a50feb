import { expect, it } from 'vitest';
import { type Certificate, revokeWords } from './revoke-words.ts';

const row: Certificate = {
  agentId: 'a',
  service: 'payment',
  instance: 'payment-1',
  spiffeId: 'spiffe://shop/service/payment',
  serial: '7c',
  issuedAt: 0,
  notAfter: 100,
  renewsAt: 50,
  state: 'valid',
  connected: true,
};
const other = { ...row, agentId: 'b', instance: 'payment-2' };

it('says who is cut off and what is left', () => {
  expect(revokeWords(row, [row, other])[1]).toBe('payment continues with 1 other instance.');
});

it('warns when nothing is left', () => {
  const gone = { ...other, state: 'revoked' as const };
  const elsewhere = { ...other, service: 'ads' };
  expect(revokeWords(row, [row, gone, elsewhere])[1]).toBe(
    'It is the only instance of payment: every request to payment will fail.',
  );
});
