import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { MeshError } from '@tulle/mesh/errors';
import { trustDomainSchema } from '@tulle/mesh/names';
import type { Database } from '@tulle/prisma/database';
import type { CertificateAuthority, Prisma } from '@tulle/prisma/generated/client';
import { advisoryLocks } from '../changes/advisory-locks.ts';
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
const intermediateLifeMs = 365 * dayMs;
/** Long before the end: a server that is started twice a year still renews in time. */
const intermediateRenewalMs = intermediateLifeMs / 2;
/** Clocks of agents may be behind ours. */
const backdateMs = 300_000;

export interface Authorities {
  readonly trustDomain: string;
  readonly root: CertificateAuthority;
  /** The newest, which signs. */
  readonly intermediate: CertificateAuthority;
  readonly signer: Signer;
}

/**
 * Reads the CA, and makes what is missing or due: everything at the first start, the intermediate after half of its
 * life. Under a lock, so that replicas that start together agree on one.
 */
export async function loadAuthorities({
  database,
  secretKey,
  trustDomain: wanted,
  now,
}: {
  database: Pick<Database, 'prisma'>;
  secretKey: SecretKey;
  trustDomain?: string | undefined;
  now: number;
}): Promise<Authorities> {
  return database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLocks.authorities})`;
    const trustDomain = await settleTrustDomain(tx, wanted);
    const root = (await newest(tx, 'root')) ?? (await makeRoot(tx, { secretKey, trustDomain, now }));
    const present = await newest(tx, 'intermediate');
    const isDue = present === null || present.notAfter.getTime() - now < intermediateRenewalMs;
    const intermediate = isDue ? await makeIntermediate(tx, { secretKey, trustDomain, now, root }) : present;
    return { trustDomain, root, intermediate, signer: await signerOf(intermediate, secretKey) };
  });
}

/** Made once: every SPIFFE ID in every certificate and rule would change with it. */
async function settleTrustDomain(tx: Prisma.TransactionClient, wanted: string | undefined): Promise<string> {
  const stored = await tx.setting.findUnique({ where: { key: 'trustDomain' } });
  if (stored !== null) {
    const trustDomain = trustDomainSchema.parse(stored.value);
    if (wanted === undefined || wanted === trustDomain) return trustDomain;
    throw new MeshError(
      'bad_request',
      `The trust domain of this mesh is ${trustDomain} and cannot become ${wanted}; unset it, or start a new mesh in another data directory.`,
    );
  }
  const checked = trustDomainSchema.safeParse(wanted ?? 'tulle.local');
  if (!checked.success) {
    throw new MeshError(
      'bad_request',
      `The trust domain ${wanted} may have only lower-case letters, digits, dots, dashes and underscores.`,
    );
  }
  await tx.setting.create({ data: { key: 'trustDomain', value: checked.data } });
  return checked.data;
}

function newest(tx: Prisma.TransactionClient, kind: AuthorityKind): Promise<CertificateAuthority | null> {
  return tx.certificateAuthority.findFirst({ where: { kind }, orderBy: { notAfter: 'desc' } });
}

interface Making {
  readonly secretKey: SecretKey;
  readonly trustDomain: string;
  readonly now: number;
}

async function makeRoot(
  tx: Prisma.TransactionClient,
  { secretKey, trustDomain, now }: Making,
): Promise<CertificateAuthority> {
  const keys = await newKeyPair();
  const certificate = await createAuthority({
    subject: `CN=Tulle root,O=${trustDomain}`,
    trustDomain,
    pathLength: 1,
    validity: validityFrom(now, now + rootLifeMs),
    keys,
  });
  return store(tx, 'root', certificate, keys, secretKey);
}

async function makeIntermediate(
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
  return store(tx, 'intermediate', certificate, keys, secretKey);
}

/** X.509 has whole seconds only. */
function validityFrom(now: number, notAfter: number): Validity {
  const seconds = (ms: number) => new Date(Math.floor(ms / 1_000) * 1_000);
  return { notBefore: seconds(now - backdateMs), notAfter: seconds(notAfter) };
}

async function store(
  tx: Prisma.TransactionClient,
  kind: AuthorityKind,
  certificate: x509.X509Certificate,
  keys: webcrypto.CryptoKeyPair,
  secretKey: SecretKey,
): Promise<CertificateAuthority> {
  const pem = `${certificate.toString('pem')}\n`;
  const pkcs8 = await exportPrivateKey(keys.privateKey);
  return tx.certificateAuthority.create({
    data: {
      kind,
      subject: certificate.subject,
      serial: certificate.serialNumber,
      fingerprint: fingerprintOf(pem),
      certificate: pem,
      encryptedKey: Uint8Array.from(seal(secretKey.bytes, pkcs8, certificate.serialNumber)),
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
    },
  });
}

async function signerOf(authority: CertificateAuthority, secretKey: SecretKey): Promise<Signer> {
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
