import type { webcrypto } from 'node:crypto';
import type { PublicKey } from '@peculiar/x509';
import type { CertificateGrant } from '@tulle/mesh/agent-protocol';
import { controlPlaneSpiffeId, serviceSpiffeId } from '@tulle/mesh/spiffe';
import type { Database } from '@tulle/prisma/database';
import type { CertificateAuthority } from '@tulle/prisma/generated/client';
import type { Logger } from 'pino';
import { type Authorities, loadAuthorities } from './authorities.ts';
import { publicKeyOfRequest } from './certificate-request.ts';
import { loadSecretKey } from './secret-key.ts';
import { createLeaf, exportPrivateKey, newKeyPair, privateKeyPem } from './x509.ts';

const hourMs = 3_600_000;
export const defaultLifetimeMs = 24 * hourMs;

/** A signed leaf, with what the database keeps of it. */
export interface Issued {
  readonly grant: CertificateGrant;
  readonly spiffeId: string;
  /** The leaf alone. */
  readonly pem: string;
  readonly issuedAt: number;
  /** When its holder means to renew: half of its life. */
  readonly renewsAt: number;
}

export interface ServerCredentials {
  readonly key: string;
  /** Leaf, intermediate and root: a joiner checks the root against the fingerprint in its token. */
  readonly cert: string;
  readonly ca: string;
  readonly notAfter: number;
}

/** The mesh's certificate authority. */
export interface Identity {
  readonly trustDomain: string;
  readonly lifetimeMs: number;
  /** SHA-256 of the root's DER, lower-case hex. */
  readonly rootFingerprint: string;
  readonly trustBundlePem: string;
  /** Root and signing intermediate. */
  authorities(): readonly CertificateAuthority[];
  /** The key of a request that proves itself; throws MeshError when it does not. */
  verifyRequest(csrPem: string): Promise<PublicKey>;
  /** Signs for a service whose right to the name was checked already. */
  issue(service: string, publicKey: PublicKey): Promise<Issued>;
  /** For the API's own listener, with a fresh key. */
  issueControlPlane(): Promise<ServerCredentials>;
  stop(): void;
}

export async function createIdentity({
  database,
  dataDir,
  secretKey,
  trustDomain: wantedTrustDomain,
  lifetimeMs = defaultLifetimeMs,
  logger,
  now = Date.now,
}: {
  database: Pick<Database, 'prisma'>;
  dataDir: string;
  secretKey?: string | undefined;
  /** Only read when the mesh is made; another one later is refused. */
  trustDomain?: string | undefined;
  /** Of agents' certificates, from a minute on. */
  lifetimeMs?: number | undefined;
  logger: Logger;
  now?: () => number;
}): Promise<Identity> {
  const key = await loadSecretKey({ secretKey, dataDir });
  const load = (trustDomain: string | undefined) =>
    loadAuthorities({ database, secretKey: key, trustDomain, now: now() });
  let authorities: Authorities = await load(wantedTrustDomain);
  const { trustDomain, root } = authorities;

  // Renews the intermediate in time, and takes over the one that another replica has made.
  const renewal = setInterval(() => {
    load(trustDomain).then(
      (loaded) => {
        authorities = loaded;
      },
      (error: unknown) => logger.error({ err: error }, 'could not look after the certificate authority'),
    );
  }, hourMs);
  renewal.unref();

  async function sign(spiffeId: string, publicKey: PublicKey | webcrypto.CryptoKey) {
    const { intermediate, signer } = authorities;
    const issuedAt = now();
    // Backdated for clocks that are behind, but little of a short life.
    const notBefore = wholeSeconds(issuedAt - Math.min(300_000, lifetimeMs / 10));
    const notAfter = wholeSeconds(Math.min(issuedAt + lifetimeMs, intermediate.notAfter.getTime()));
    const validity = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
    const leaf = await createLeaf({ spiffeId, publicKey, validity, signer });
    const pem = `${leaf.toString('pem')}\n`;
    return {
      pem,
      chainPem: pem + intermediate.certificate,
      serial: leaf.serialNumber.toLowerCase(),
      issuedAt,
      notBefore,
      notAfter,
    };
  }

  async function issue(service: string, publicKey: PublicKey): Promise<Issued> {
    const spiffeId = serviceSpiffeId(trustDomain, service);
    const { pem, chainPem, serial, issuedAt, notBefore, notAfter } = await sign(spiffeId, publicKey);
    return {
      grant: {
        certificateChainPem: chainPem,
        trustBundlePem: root.certificate,
        trustDomain,
        serial,
        notBefore,
        notAfter,
      },
      spiffeId,
      pem,
      issuedAt,
      renewsAt: Math.round((issuedAt + notAfter) / 2),
    };
  }

  async function issueControlPlane(): Promise<ServerCredentials> {
    const keys = await newKeyPair();
    const { chainPem, notAfter } = await sign(controlPlaneSpiffeId(trustDomain), keys.publicKey);
    return {
      key: privateKeyPem(await exportPrivateKey(keys.privateKey)),
      cert: chainPem + root.certificate,
      ca: root.certificate,
      notAfter,
    };
  }

  return {
    trustDomain,
    lifetimeMs,
    rootFingerprint: root.fingerprint,
    trustBundlePem: root.certificate,
    authorities: () => [authorities.root, authorities.intermediate],
    verifyRequest: publicKeyOfRequest,
    issue,
    issueControlPlane,
    stop: () => clearInterval(renewal),
  };
}

/** X.509 has no smaller unit. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
