import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeCertificateRequest } from './certificate-request.ts';
import { objectIdentifier } from './der.ts';

test('openssl verifies the request, and it carries the public half of the key', async () => {
  const { keyPem, csrPem } = await makeCertificateRequest('orders-v2-1');
  const output = execFileSync('openssl', ['req', '-verify', '-noout', '-subject', '-pubkey'], {
    input: csrPem,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  expect(output).toMatch(/CN ?= ?orders-v2-1/);
  const publicKey = createPublicKey(createPrivateKey(keyPem)).export({ type: 'spki', format: 'pem' });
  expect(output).toContain(String(publicKey).trim());
});

test('object identifiers with large arcs are written in base 128', () => {
  expect(objectIdentifier('1.2.840.10045.4.3.2').toString('hex')).toBe('06082a8648ce3d040302');
});
