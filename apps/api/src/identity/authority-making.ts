import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { MeshError } from '@tulle/mesh/errors';
import type { CertificateAuthority, Prisma } from '@tulle/prisma/generated/client';
import { open, seal } from './secret-box.ts';
import type { SecretKey } from './secret-key.ts';
import {
  createAuthority,
  exportPrivateKey,
  fingerprintOf,
  importPrivateKey,
  newKeyPair,
  type Signer,
  type Validity,
} from './x509.ts';

export type AuthorityKind = 'root' | 'intermediate';

const dayMs = 86_400_000;
const rootLifeMs = 3_652 * dayMs;
export const intermediateLifeMs = 365 * dayMs;
/** Short, since whoever had the new root's key could go on by it after a rotation that was given up. */
export const bridgeLifeMs = 30 * dayMs;
/** Clocks of agents may be behind ours. */
const backdateMs = 300_000;

export interface Making {
  readonly secretKey: SecretKey;
  readonly trustDomain: string;
  readonly now: number;
}

export async function makeRoot(
  tx: Prisma.TransactionClient,
  { secretKey, trustDomain, now }: Making,
): Promise<CertificateAuthority> {
  const keys = await newKeyPair();
  const certificate = await createAuthority({
    subject: rootSubject(trustDomain),
    trustDomain,
    pathLength: 1,
    validity: validityFrom(now, now + rootLifeMs),
    keys,
  });
  return store(tx, { kind: 'root', certificate, keys, secretKey });
}

export async function makeIntermediate(
  tx: Prisma.TransactionClient,
  { secretKey, trustDomain, now, root }: Making & { root: CertificateAuthority },
): Promise<CertificateAuthority> {
  const keys = await newKeyPair();
  const certificate = await createAuthority({
    subject: `CN=Tulle intermediate ${new Date(now).toISOString().slice(0, 10)},O=${trustDomain}`,
    trustDomain,
    pathLength: 0,
    // Nothing below the root outlives it.
    validity: validityFrom(now, Math.min(now + intermediateLifeMs, root.notAfter.getTime())),
    keys,
    signer: await signerOf(root, secretKey),
  });
  return store(tx, { kind: 'intermediate', certificate, keys, secretKey, root });
}

/**
 * The new root's key, certified by the old root (RFC 4210 section 4.4, "new with old"): shown behind certificates of
 * the new root, it lets whoever knows the old root alone believe them. Of the same name as both roots, it counts as
 * self-issued and not towards their path length (RFC 5280 section 4.2.1.9).
 */
export async function makeBridge(
  { oldRoot, newRoot }: { oldRoot: CertificateAuthority; newRoot: CertificateAuthority },
  { secretKey, trustDomain, now }: Making,
): Promise<{ pem: string; notAfter: Date }> {
  const { key } = await signerOf(newRoot, secretKey);
  const { publicKey } = new x509.X509Certificate(newRoot.certificate);
  const validity = validityFrom(now, Math.min(now + bridgeLifeMs, oldRoot.notAfter.getTime()));
  const certificate = await createAuthority({
    subject: rootSubject(trustDomain),
    trustDomain,
    pathLength: 1,
    validity,
    keys: { publicKey: await publicKey.export(), privateKey: key },
    signer: await signerOf(oldRoot, secretKey),
  });
  return { pem: `${certificate.toString('pem')}\n`, notAfter: validity.notAfter };
}

export async function signerOf(authority: CertificateAuthority, secretKey: SecretKey): Promise<Signer> {
  const pkcs8 = open(secretKey.bytes, authority.encryptedKey, authority.serial);
  if (pkcs8 === undefined) {
    throw new MeshError(
      'forbidden',
      `The key in ${secretKey.origin} is not the one that this mesh's certificate authority was encrypted with; start with the former key.`,
    );
  }
  return {
    certificate: new x509.X509Certificate(authority.certificate),
    key: await importPrivateKey(pkcs8),
  };
}

function rootSubject(trustDomain: string): string {
  return `CN=Tulle root,O=${trustDomain}`;
}

/** X.509 has whole seconds only. */
function validityFrom(now: number, notAfter: number): Validity {
  const seconds = (ms: number) => new Date(Math.floor(ms / 1_000) * 1_000);
  return { notBefore: seconds(now - backdateMs), notAfter: seconds(notAfter) };
}

async function store(
  tx: Prisma.TransactionClient,
  {
    kind,
    certificate,
    keys,
    secretKey,
    root,
  }: {
    kind: AuthorityKind;
    certificate: x509.X509Certificate;
    keys: webcrypto.CryptoKeyPair;
    secretKey: SecretKey;
    /** Left out by a root itself. */
    root?: CertificateAuthority;
  },
): Promise<CertificateAuthority> {
  const pem = `${certificate.toString('pem')}\n`;
  const pkcs8 = await exportPrivateKey(keys.privateKey);
  const fingerprint = fingerprintOf(pem);
  return tx.certificateAuthority.create({
    data: {
      kind,
      subject: certificate.subject,
      serial: certificate.serialNumber,
      fingerprint,
      rootFingerprint: root?.fingerprint ?? fingerprint,
      certificate: pem,
      encryptedKey: Uint8Array.from(seal(secretKey.bytes, pkcs8, certificate.serialNumber)),
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
    },
  });
}
