import { MeshError } from '@tulle/mesh/errors';
import { trustDomainSchema } from '@tulle/mesh/names';
import { type RotationPhase, signingRoot } from '@tulle/mesh/root-rotation';
import type { Database } from '@tulle/prisma/database';
import type { CertificateAuthority, Prisma, RootRotation } from '@tulle/prisma/generated/client';
import { advisoryLocks } from '../changes/advisory-locks.ts';
import {
  bridgeLifeMs,
  intermediateLifeMs,
  type Making,
  makeBridge,
  makeIntermediate,
  makeRoot,
  signerOf,
} from './authority-making.ts';
import type { SecretKey } from './secret-key.ts';
import type { Signer } from './x509.ts';

/** Long before the end: a server that is started twice a year still renews in time. */
const intermediateRenewalMs = intermediateLifeMs / 2;
const bridgeRenewalMs = bridgeLifeMs / 2;

/** The root that is to take the place of the present one, while that goes on. */
export interface Exchange {
  readonly phase: RotationPhase;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly newRoot: CertificateAuthority;
  /** The new root's key, certified by the present root: PEM. */
  readonly bridge: string;
}

export interface Authorities {
  readonly trustDomain: string;
  /** In force until a rotation has ended: what join tokens name. */
  readonly root: CertificateAuthority;
  readonly exchange: Exchange | undefined;
  /** The newest of the root that signs. */
  readonly intermediate: CertificateAuthority;
  readonly signer: Signer;
}

export interface LoadOptions {
  readonly database: Pick<Database, 'prisma'>;
  readonly secretKey: SecretKey;
  readonly trustDomain?: string | undefined;
  readonly now: number;
}

/**
 * Reads the CA, and makes what is missing or due: everything at the first start, the intermediate after half of its
 * life. `before` may change what stands there. Under a lock, so that replicas that start together agree on one.
 */
export async function loadAuthorities(
  { database, secretKey, trustDomain: wanted, now }: LoadOptions,
  before?: (tx: Prisma.TransactionClient, making: Making) => Promise<void>,
): Promise<Authorities> {
  return database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${advisoryLocks.authorities})`;
    const trustDomain = await settleTrustDomain(tx, wanted);
    const making = { secretKey, trustDomain, now };
    await before?.(tx, making);
    const rotation = await tx.rootRotation.findFirst({ where: { endedAt: null } });
    const root =
      rotation === null
        ? ((await newestRoot(tx)) ?? (await makeRoot(tx, making)))
        : await rootOf(tx, rotation.oldFingerprint);
    const exchange = rotation === null ? undefined : await exchangeOf(tx, rotation, root, making);
    const signing = exchange && signingRoot(exchange.phase) === 'new' ? exchange.newRoot : root;
    const present = await tx.certificateAuthority.findFirst({
      where: { kind: 'intermediate', rootFingerprint: signing.fingerprint },
      orderBy: { notAfter: 'desc' },
    });
    const isDue = present === null || present.notAfter.getTime() - now < intermediateRenewalMs;
    const intermediate = isDue ? await makeIntermediate(tx, { ...making, root: signing }) : present;
    return { trustDomain, root, exchange, intermediate, signer: await signerOf(intermediate, secretKey) };
  });
}

async function exchangeOf(
  tx: Prisma.TransactionClient,
  rotation: RootRotation,
  oldRoot: CertificateAuthority,
  making: Making,
): Promise<Exchange> {
  const { id, phase, since, bridgeNotAfter } = rotation;
  const newRoot = await rootOf(tx, rotation.newFingerprint);
  let { bridge } = rotation;
  if (bridgeNotAfter.getTime() - making.now < bridgeRenewalMs) {
    const { pem, notAfter } = await makeBridge({ oldRoot, newRoot }, making);
    await tx.rootRotation.update({ where: { id }, data: { bridge: pem, bridgeNotAfter: notAfter } });
    bridge = pem;
  }
  return { phase: phase as RotationPhase, since: since.getTime(), newRoot, bridge };
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

function newestRoot(tx: Prisma.TransactionClient): Promise<CertificateAuthority | null> {
  return tx.certificateAuthority.findFirst({
    where: { kind: 'root', retiredAt: null },
    orderBy: { notAfter: 'desc' },
  });
}

function rootOf(tx: Prisma.TransactionClient, fingerprint: string): Promise<CertificateAuthority> {
  return tx.certificateAuthority.findFirstOrThrow({ where: { kind: 'root', fingerprint } });
}
