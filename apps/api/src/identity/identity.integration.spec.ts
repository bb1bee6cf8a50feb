import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import type { Database } from '@tulle/prisma/database';
import { testDatabase } from '@tulle/prisma/testing';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createIdentity } from './identity.ts';
import { keyAlgorithm, newKeyPair } from './x509.ts';

const logger = pino({ level: 'silent' });
const yearMs = 365 * 86_400_000;
let database: Database;
let dataDir: string;

beforeEach(async () => {
  database = await testDatabase();
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'tulle-identity-'));
});
afterEach(async () => {
  await database.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function identity(options: Partial<Parameters<typeof createIdentity>[0]> = {}) {
  const made = await createIdentity({ database, dataDir, logger, ...options });
  made.stop();
  return made;
}

async function request(keys?: Awaited<ReturnType<typeof newKeyPair>>) {
  return x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=admin',
    keys: keys ?? (await newKeyPair()),
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: 'spiffe://tulle.local/service/bank' }]),
    ],
  });
}

test('makes root and intermediate once, also when replicas start together', async () => {
  const [a, b] = await Promise.all([identity(), identity()]);
  const again = await identity();
  expect(b.rootFingerprint).toBe(a.rootFingerprint);
  expect(again.rootFingerprint).toBe(a.rootFingerprint);
  expect(await database.prisma.certificateAuthority.count()).toBe(2);
  expect((await stat(path.join(dataDir, 'secret-key'))).mode & 0o777).toBe(0o600);
});

test('signs a leaf named by us alone, that verifies up to the root', async () => {
  const ca = await identity();
  const askedAt = Date.now();
  const { grant } = await ca.issue('orders', await ca.verifyRequest((await request()).toString('pem')));
  const [leaf, intermediate] = grant.certificateChainPem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((pem) => pem.includes('BEGIN'))
    .map((pem) => new X509Certificate(pem));
  const root = new X509Certificate(ca.trustBundlePem);
  expect(leaf?.subjectAltName).toBe('URI:spiffe://tulle.local/service/orders');
  expect(leaf?.subject ?? '').toBe('');
  expect(leaf && intermediate && leaf.verify(intermediate.publicKey)).toBe(true);
  expect(intermediate?.verify(root.publicKey)).toBe(true);
  expect(leaf?.serialNumber.toLowerCase()).toBe(grant.serial);
  expect(grant.serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  // Certificates know whole seconds.
  expect(grant.notAfter - askedAt).toBeGreaterThan(86_400_000 - 1_000);
  const extension = new x509.X509Certificate(leaf?.raw ?? '').getExtension(
    x509.SubjectAlternativeNameExtension,
  );
  expect(extension?.critical).toBe(true);
});

test('refuses a request whose signature does not fit, of another key type, or that is none', async () => {
  const ca = await identity();
  const forged = Buffer.from((await request()).rawData);
  forged[forged.length - 5] = (forged[forged.length - 5] ?? 0) ^ 0xff;
  await expect(ca.verifyRequest(new x509.Pkcs10CertificateRequest(forged).toString('pem'))).rejects.toThrow(
    'does not fit',
  );
  const algorithm = { ...keyAlgorithm, namedCurve: 'P-384' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  await expect(ca.verifyRequest((await request(keys)).toString('pem'))).rejects.toThrow('P-256 or Ed25519');
  await expect(ca.verifyRequest('hello')).rejects.toThrow('not PKCS #10');
});

test('renews the intermediate after half of its life; the root stays', async () => {
  const first = await identity();
  const later = await identity({ now: () => Date.now() + 0.6 * yearMs });
  expect(later.rootFingerprint).toBe(first.rootFingerprint);
  const [, before] = first.authorities();
  const [, after] = later.authorities();
  expect(after?.serial).not.toBe(before?.serial);
});

test('says clearly that the key, the key file or the trust domain is wrong', async () => {
  await identity({ trustDomain: 'shop.example' });
  await expect(identity({ trustDomain: 'other.example' })).rejects.toThrow(
    'The trust domain of this mesh is shop.example',
  );
  await expect(identity({ secretKey: 'ab'.repeat(32) })).rejects.toThrow(
    'The key in TULLE_SECRET_KEY is not',
  );
  await expect(identity({ secretKey: 'secret' })).rejects.toThrow('must be 32 bytes');
  const file = path.join(dataDir, 'secret-key');
  await chmod(file, 0o644);
  await expect(identity()).rejects.toThrow(`chmod 600 ${file}`);
  await writeFile(file, 'zz');
  await chmod(file, 0o600);
  await expect(identity()).rejects.toThrow('is damaged');
});
